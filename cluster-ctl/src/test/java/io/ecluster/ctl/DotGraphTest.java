package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The drawings beside {@code graph/answer.json} were made by the Go client 1.1.6 of that answer,
 * which has a peer that is trusted, one that is not, and one whose IPFS node does not answer.
 */
class DotGraphTest {
  @TempDir Path folder;

  private static String resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(DotGraphTest.class.getResourceAsStream("/graph/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "health graph, own.dot",
    "health graph --all-ipfs-peers, all.dot",
    "--enc json health graph, own.dot"
  })
  void isDrawnAsGoDrawsIt(String line, String drawing) {
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, resource("answer.json")))) {
      assertThat(Ctl.run(api, line.split(" "))).isEqualTo(new Ctl.Result(0, resource(drawing), ""));
      assertThat(api.onlyRequest().target()).isEqualTo("/health/graph");
    }
  }

  @Test
  void goesIntoAFile() throws IOException {
    Path file = folder.resolve("graph.dot");
    try (FakeApi api = FakeApi.answering(FakeApi.json(200, resource("answer.json")))) {
      assertThat(Ctl.run(api, "health", "graph", "-f", file.toString()))
          .isEqualTo(new Ctl.Result(0, "", ""));
      assertThat(Files.readString(file)).isEqualTo(resource("own.dot"));
      Ctl.Result refused = Ctl.run(api, "health", "graph", "--file", folder + "/no/such");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err()).startsWith("error creating output file: ");
    }
  }

  @Test
  void anEmptyClusterIsADrawingToo() {
    assertThat(DotGraph.of(new JsonObject(Map.of()), true))
        .startsWith("digraph cluster {\n")
        .endsWith("*/\n}");
  }
}
