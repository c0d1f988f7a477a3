package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.service.PeerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of the state go from our program to the Go one and back. */
@NeedsGoCluster
class GoStateTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String PEER = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

  /** A pin of every type, and every option, as Go writes them. */
  private static final List<String> PINS =
      List.of(
          pin("bafkqaaa", "pin", "\"max_depth\":-1,\"name\":\"plain\""),
          pin(
              "QmUaFyXjZUNaUwYF8rBtbJc7fEJ46aJXvgV8z2HHs6jvmJ",
              "pin",
              "\"max_depth\":0,\"mode\":\"direct\",\"name\":\"direct <&> \\u2713\""),
          pin(
              "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi",
              "pin",
              "\"max_depth\":-1,\"replication_factor_min\":2,\"replication_factor_max\":3,"
                  + "\"allocations\":[\""
                  + PEER
                  + "\"],\"metadata\":{\"b\":\"2\",\"a\":\"1\"},"
                  + "\"expire_at\":\"2033-05-18T03:33:20Z\",\"timestamp\":\"2023-11-14T22:13:20Z\","
                  + "\"pin_update\":\"bafkqaaa\","
                  + "\"origins\":[\"/ip4/1.2.3.4/tcp/4001/p2p/"
                  + PEER
                  + "\"]"),
          pin(
              cid(1),
              "meta-pin",
              "\"max_depth\":0,\"shard_size\":1048576,\"reference\":\"" + cid(2) + "\""),
          pin(
              cid(2),
              "clusterdag-pin",
              "\"max_depth\":0,\"reference\":\""
                  + cid(1)
                  + "\",\"replication_factor_min\":-1,"
                  + "\"replication_factor_max\":-1"),
          pin(cid(3), "shard-pin", "\"max_depth\":1,\"reference\":\"" + cid(2) + "\""));

  @TempDir Path temp;
  private List<String> ours = List.of();
  private List<String> gos = List.of();

  private static String cid(int number) {
    byte[] bytes = {(byte) number};
    return Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(bytes)).toString();
  }

  private static String pin(String cid, String type, String rest) {
    return "{\"cid\":\"" + cid + "\",\"type\":\"" + type + "\"," + rest + "}";
  }

  @BeforeEach
  void init() {
    ours = new ArrayList<>(PeerProcess.javaCommand("io.ecluster.service.Main"));
    ours.addAll(List.of("-c", temp.resolve("ours").toString()));
    String program = RealProgram.GO_CLUSTER.path().resolve("ipfs-cluster-service").toString();
    gos = List.of(program, "-c", temp.resolve("go").toString(), "--loglevel", "error");
    run(ours, "init").ok();
    run(gos, "init").ok();
  }

  private static Command.Result run(List<String> program, String... arguments) {
    List<String> words = new ArrayList<>(program);
    words.addAll(List.of(arguments));
    return new Command(Map.of()).run(PATIENCE, words);
  }

  private Path export(List<String> program, String name) {
    Path file = temp.resolve(name);
    run(program, "state", "export", "-f", file.toString()).ok();
    return file;
  }

  /** The pins of an export by CID, each without what is empty, which the programs write apart. */
  private static Map<String, Map<String, @Nullable Object>> read(Path file) throws IOException {
    Map<String, Map<String, @Nullable Object>> pins = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      JsonObject json = Json.parseObject(line);
      Map<String, @Nullable Object> pin = new TreeMap<>();
      json.fields()
          .forEach((key, value) -> {
            if (value != null && !value.equals(List.of()) && !value.equals(Map.of())) {
              pin.put(key, isTime(key) ? OffsetDateTime.parse(json.text(key)).toInstant() : value);
            }
          });
      pins.put(json.text("cid"), pin);
    }
    return pins;
  }

  private static boolean isTime(String key) {
    return key.equals("timestamp") || key.equals("expire_at");
  }

  @Test
  void everyPinIsTheSameAfterEachJourney() throws IOException {
    Path file = Files.write(temp.resolve("pins.json"), PINS);
    run(gos, "state", "import", "-f", file.toString()).ok();
    Path fromGo = export(gos, "go.json");
    assertThat(read(fromGo)).hasSize(PINS.size());

    run(ours, "state", "import", "-f", fromGo.toString()).ok();
    Path fromUs = export(ours, "ours.json");
    assertThat(read(fromUs)).isEqualTo(read(fromGo));

    run(gos, "state", "cleanup", "-f").ok();
    assertThat(read(export(gos, "empty.json"))).isEmpty();
    run(gos, "state", "import", "-f", fromUs.toString()).ok();
    assertThat(read(export(gos, "again.json"))).isEqualTo(read(fromGo));
  }

  @Test
  void bothSayTheSameOfTheHistory() throws IOException {
    Path file = Files.write(temp.resolve("pins.json"), PINS);
    for (List<String> program : List.of(gos, ours)) {
      run(program, "state", "import", "-f", file.toString()).ok();
      assertThat(run(program, "state", "crdt", "info").ok())
          .containsPattern("Number of heads: 1\\. Current max-height: 1\\. Dirty: false")
          .containsPattern("Heads: \\[bafy[a-z2-7]+]");
      assertThat(run(program, "state", "crdt", "dot").ok()).contains("digraph CRDTDAG {");
    }
  }

  @Test
  void bothEndTheSameWayWhenMisused() throws IOException {
    Path bad = Files.writeString(temp.resolve("bad.json"), "{");
    List<List<String>> lines =
        List.of(
            List.of(),
            List.of("help"),
            List.of("state"),
            List.of("state", "nonsense"),
            List.of("nonsense"),
            List.of("init", "--nonsense"),
            List.of("state", "import", "-f", bad.toString()),
            List.of("state", "import", "-f", "no-such-file"),
            List.of("init", "-f", "--consensus", "nonsense"),
            List.of("version"),
            List.of("--version"));
    for (List<String> line : lines) {
      String[] words = line.toArray(String[]::new);
      assertThat(run(ours, words).code()).as("%s", line).isEqualTo(run(gos, words).code());
    }
    assertThat(run(ours, "--version").ok()).endsWith(run(gos, "--version").ok());
    assertThat(run(ours, "version").ok()).endsWith(run(gos, "version").ok());
  }
}
