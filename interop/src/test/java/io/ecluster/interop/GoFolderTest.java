package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.ApiClient;
import io.ecluster.client.ApiException;
import io.ecluster.client.Endpoint;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Go program made, our program runs as it is. */
@NeedsGoCluster
class GoFolderTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path temp;

  private static Command.Result go(String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(RealProgram.GO_CLUSTER.path().resolve("ipfs-cluster-service").toString());
    words.addAll(List.of(arguments));
    return new Command(Map.of()).run(PATIENCE, words);
  }

  private List<String> ours(Path folder, String... arguments) {
    List<String> words = new ArrayList<>(PeerProcess.javaCommand("io.ecluster.service.Main"));
    words.addAll(List.of("-c", folder.toString()));
    words.addAll(List.of(arguments));
    return words;
  }

  @ParameterizedTest
  @ValueSource(strings = {"pebble", "badger", "badger3", "leveldb"})
  void aDaemonRunsOnIt(String datastore) throws Exception {
    Path folder = temp.resolve(datastore);
    go("-c", folder.toString(), "init", "--randomports", "--datastore", datastore).ok();
    JsonObject api =
        Json.parseObject(Files.readString(folder.resolve("service.json")))
            .object("api")
            .object("restapi");
    Path log = temp.resolve(datastore + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(ours(folder, "daemon"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("CLUSTER_MDNSINTERVAL", "0s");
    Process daemon = builder.start();
    try {
      ApiClient client =
          new ApiClient(
              List.of(Endpoint.parse(api.text("http_listen_multiaddress"))),
              Optional.empty(),
              PATIENCE);
      PeerProcesses.await("the API to answer", () -> answers(client));
      JsonObject identity = Json.parseObject(Files.readString(folder.resolve("identity.json")));
      assertThat(JsonObject.of(client.call("GET", "/id")).text("id"))
          .isEqualTo(identity.text("id"));
      assertThat(Files.readString(log)).doesNotContain("is not a known setting");
    } finally {
      daemon.destroy();
      assertThat(daemon.waitFor()).isZero();
    }
  }

  private static boolean answers(ApiClient client) {
    try {
      client.call("GET", "/version");
      return true;
    } catch (ApiException e) {
      return false;
    }
  }

  @Test
  void aRaftFolderIsRefusedWithWhatToDo() throws IOException {
    Path folder = temp.resolve("raft");
    go("-c", folder.toString(), "init", "--consensus", "raft").ok();
    Command.Result result = new Command(Map.of()).run(PATIENCE, ours(folder, "daemon"));
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.text()).contains("raft", "export", "init", "import");
  }
}
