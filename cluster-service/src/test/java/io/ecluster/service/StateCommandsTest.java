package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.service.config.Folder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The {@code state} commands, on the records of a peer. */
class StateCommandsTest {
  private static final String CID = "QmUaFyXjZUNaUwYF8rBtbJc7fEJ46aJXvgV8z2HHs6jvmJ";
  private static final String OTHER = "bafkqaaa";
  private static final String PEER = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

  @TempDir Path temp;

  private CommandLine peer() {
    return new CommandLine(temp.resolve("peer"), Map.of());
  }

  @BeforeEach
  void init() {
    assertThat(peer().run("init").code()).isZero();
  }

  private static String pin(String cid, String name) {
    return "{\"cid\":\"%s\",\"name\":\"%s\",\"type\":\"pin\",\"max_depth\":-1}\n"
        .formatted(cid, name);
  }

  private List<JsonObject> exported() {
    CommandLine.Result result = peer().run("state", "export");
    assertThat(result.code()).as(result.err()).isZero();
    return result.out().lines().map(Json::parseObject).toList();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(temp.resolve("export.json"), content);
  }

  private CommandLine.Result load(String content, String... flags) throws IOException {
    String[] arguments =
        Stream.concat(
                Stream.concat(Stream.of("state", "import", "-f"), Stream.of(flags)),
                Stream.of(file(content).toString()))
            .toArray(String[]::new);
    return peer().run(arguments);
  }

  @Test
  void aNewPeerHasNoPins() {
    assertThat(exported()).isEmpty();
  }

  @Test
  void whatIsImportedIsExported() throws IOException {
    CommandLine.Result result = load(pin(CID, "a") + pin(OTHER, "b"));

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).contains("2 pins imported");
    assertThat(exported())
        .extracting(pin -> pin.text("cid"), pin -> pin.text("name"))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(CID, "a"),
            org.assertj.core.groups.Tuple.tuple(OTHER, "b"));
  }

  @Test
  void anImportReplacesWhatWasThere() throws IOException {
    load(pin(CID, "a"));
    load(pin(OTHER, "b"));
    assertThat(exported()).extracting(pin -> pin.text("cid")).containsExactly(OTHER);
    try (Stream<Path> files = Files.list(temp.resolve("peer"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .doesNotContain("rocksdb.new", "rocksdb.old", "cluster.lock");
    }
  }

  @Test
  void anImportThatCannotBeReadChangesNothing() throws IOException {
    load(pin(CID, "a"));
    for (String bad :
        List.of(
            "{", pin(OTHER, "b") + "[]", pin(OTHER, "b") + pin("Qmx", ""), "{\"name\":\"x\"}")) {
      CommandLine.Result result = load(bad);
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).startsWith("error : pin ").contains("nothing was imported");
      assertThat(exported()).extracting(pin -> pin.text("cid")).containsExactly(CID);
    }
    assertThat(peer().run("state", "import", "-f", "no-such-file").err())
        .contains("cannot read no-such-file");
  }

  @Test
  void aPinMayBeGivenInPart() throws IOException {
    load("{\"cid\":{\"/\":\"%s\"},\"name\":\"old\",\"type\":2}".formatted(CID));
    JsonObject pin = exported().getFirst();
    assertThat(pin.text("type")).isEqualTo("pin");
    assertThat(pin.text("mode")).isEqualTo("recursive");
    load("{\"cid\":\"%s\",\"mode\":\"direct\"}".formatted(CID));
    assertThat(exported().getFirst().number("max_depth")).isZero();
  }

  @Test
  void factorsAndAllocationsMayBeOverridden() throws IOException {
    String[] flags = {"--rmin", "1", "--replication-max=2", "--allocs", PEER};
    assertThat(load(pin(CID, "a"), flags).code()).isZero();
    JsonObject pin = exported().getFirst();
    assertThat(pin.number("replication_factor_min")).isEqualTo(1);
    assertThat(pin.number("replication_factor_max")).isEqualTo(2);
    assertThat(pin.texts("allocations")).containsExactly(PEER);
    assertThat(load(pin(CID, "a"), "--rmin", "x").err()).contains("must be a whole number");
    assertThat(load(pin(CID, "a"), "--allocs", "x").err()).contains("--allocations: ");
  }

  @Test
  void stdinIsReadIfNoFileIsNamed() {
    CommandLine.Result result = peer().typing("y\n" + pin(CID, "a")).run("state", "import");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out())
        .contains("The pinset (state) of this peer will be replaced. Continue? [y/n]:")
        .contains("reading from stdin, Ctrl-D to finish");
    assertThat(exported()).hasSize(1);
    assertThat(peer().typing("n\n").run("state", "import").code()).isZero();
    assertThat(exported()).hasSize(1);
  }

  @Test
  void cleanupRemovesAllPins() throws IOException {
    load(pin(CID, "a"));
    assertThat(peer().typing("n\n").run("state", "cleanup").out()).contains("Existing pins");
    assertThat(exported()).hasSize(1);
    assertThat(peer().run("state", "cleanup", "-f").code()).isZero();
    assertThat(exported()).isEmpty();
  }

  @Test
  void anExportMayGoToAFile() throws IOException {
    load(pin(CID, "a"));
    Path file = temp.resolve("out.json");
    assertThat(peer().run("state", "export", "-f", file.toString()).code()).isZero();
    assertThat(Files.readString(file)).contains(CID).endsWith("}\n");
    assertThat(peer().run("state", "export", "--file", "/no/such/folder/x").err())
        .contains("cannot write /no/such/folder/x");
  }

  @Test
  void theHistoryMayBeLookedAt() throws IOException {
    load(pin(CID, "a"));
    assertThat(peer().run("state", "crdt", "info").out())
        .matches(
            "Number of heads: 1\\. Current max-height: 1\\. Dirty: false\\RHeads: \\[bafy\\w+]");
    assertThat(peer().run("state", "crdt", "dot").out()).startsWith("digraph CRDTDAG {");
    assertThat(peer().run("state", "crdt", "mark-dirty").code()).isZero();
    assertThat(peer().run("state", "crdt", "info").out()).contains("Dirty: true");
    assertThat(peer().run("state", "crdt", "mark-clean").code()).isZero();
    assertThat(peer().run("state", "crdt", "info").out()).contains("Dirty: false");
  }

  @Test
  void nothingIsDoneToAPeerThatRuns() {
    try (Folder.Lock _ = new Folder(temp.resolve("peer")).lock()) {
      for (String command :
          List.of("export", "import -f", "cleanup -f", "crdt info", "crdt mark-dirty")) {
        CommandLine.Result result = peer().run(("state " + command).split(" "));
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("another ipfs-cluster-service is using this folder");
      }
    }
  }

  @Test
  void aFolderIsNeeded() {
    CommandLine.Result result =
        new CommandLine(temp.resolve("none"), Map.of()).run("state", "export");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("service.json is not there", "init");
    assertThat(temp.resolve("none")).doesNotExist();
  }
}
