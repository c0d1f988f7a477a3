package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.adder.AddEntry;
import io.ecluster.adder.KuboMatrix;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our IPFS node and Kubo give each other blocks: what one adds the other reads. */
@NeedsKubo
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class BitswapWithKubo {
  /** So many kinds of DAG that each of them differs from the next in more than one way. */
  private static final List<String> KINDS =
      List.of(
          "default balanced raw-leaves=false cid-version=0 sha2-256: 0 1 1000 1200000",
          "default balanced raw-leaves=true cid-version=1 sha2-256: 0 1 1000 1200000",
          "size-1000 trickle raw-leaves=false cid-version=1 sha2-256: 0 1 1000 1200000",
          "buzhash trickle raw-leaves=true cid-version=0 sha2-256: 0 1 1000 1200000",
          "size-1000 trickle raw-leaves=false cid-version=1 blake3: 0 5000 300000 tree",
          "size-1000 balanced raw-leaves=true cid-version=1 sha2-512: 0 5000 300000 tree",
          "size-1000 balanced raw-leaves=true cid-version=1 sha3-256: 0 5000 300000 tree",
          "size-1000 trickle raw-leaves=false cid-version=1 blake2b-256: 0 5000 300000 tree",
          "size-262144 balanced raw-leaves=true cid-version=1 sha2-256 wrapped: tree 1 hidden empty",
          "size-262144 balanced raw-leaves=false cid-version=0 sha2-256: deep",
          "size-262144 balanced raw-leaves=true cid-version=1 sha2-256: wide",
          "size-262144 balanced raw-leaves=false cid-version=0 sha2-256: nested");

  private final Optional<String> key;
  private Path folder;
  private KuboProcess kubo;
  private OurNode ours;
  private int started;

  /**
   * @param key of the private network, if it is one
   */
  BitswapWithKubo(Optional<String> key) {
    this.key = key;
  }

  static List<KuboMatrix.Case> kinds() {
    List<KuboMatrix.Case> kinds =
        KuboMatrix.cases().stream().filter(it -> KINDS.contains(it.toString())).toList();
    assertThat(kinds).hasSameSizeAs(KINDS);
    return kinds;
  }

  @BeforeAll
  void start(@TempDir Path temporary) {
    folder = temporary;
    kubo = KuboProcess.started(folder.resolve("kubo"), key);
    ours = OurNode.start(folder.resolve("ours"), 1, key);
    kubo.connect(ours.address());
  }

  @AfterAll
  void stop() {
    ours.close();
    kubo.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void kuboReadsWhatWeAdd(KuboMatrix.Case add) throws IOException {
    Map<String, Cid> made = new TreeMap<>();
    ours.add(add).forEach((name, event) -> made.put(name, event.cid().orElseThrow()));
    for (AddEntry entry : add.entries()) {
      if (entry instanceof AddEntry.File file && isOnTop(file.path())) {
        Cid cid = Objects.requireNonNull(made.get(file.path()));
        assertThat(kubo.cli("cat", cid.toString()).out()).isEqualTo(file.content().readAllBytes());
      }
    }
    for (Map.Entry<String, Cid> each : made.entrySet()) {
      if (isOnTop(each.getKey())) {
        assertThat(kuboSize(each.getValue())).isEqualTo(ours.size(each.getValue()));
      }
    }
    assertSubtreeIsGot(made);
  }

  private static boolean isOnTop(String name) {
    return !name.contains("/");
  }

  /** Of a DAG without bytes Kubo cannot say it: the ratio of 0 to 0 is no number in JSON. */
  private OurNode.Size kuboSize(Cid root) {
    KuboProcess.Output stat = kubo.cli("dag", "stat", "--progress=false", root.toString());
    if (stat.errors().contains("NaN")) {
      return new OurNode.Size(1, number(kubo.run("block", "stat", root.toString()), "Size: "));
    }
    return new OurNode.Size(
        number(stat.text(), "Unique Blocks: "), number(stat.text(), "Total Size: "));
  }

  private static long number(String text, String label) {
    Matcher found = Pattern.compile(Pattern.quote(label) + "(\\d+)").matcher(text);
    assertThat(found.find()).as(text).isTrue();
    return Long.parseLong(found.group(1));
  }

  private void assertSubtreeIsGot(Map<String, Cid> made) throws IOException {
    Cid tree = made.get("tree");
    if (tree == null) {
      return;
    }
    Path to = folder.resolve("got-" + tree);
    kubo.run("get", "-o", to.toString(), tree.toString());
    for (AddEntry entry : entriesOf("tree")) {
      Path got = to.resolve(entry.path().substring(Math.min(5, entry.path().length())));
      switch (entry) {
        case AddEntry.Directory _ -> assertThat(got).isDirectory();
        case AddEntry.Symlink(_, String target) ->
            assertThat(Files.readSymbolicLink(got)).hasToString(target);
        case AddEntry.File file ->
            assertThat(Files.readAllBytes(got)).isEqualTo(file.content().readAllBytes());
      }
    }
  }

  private static List<AddEntry> entriesOf(String subject) {
    KuboMatrix.Case any = KuboMatrix.cases().iterator().next();
    return new KuboMatrix.Case(any.chunker(), any.dag(), false, List.of(subject)).entries();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void weReadWhatKuboAdds(KuboMatrix.Case add) throws IOException {
    Map<String, Cid> made = new TreeMap<>();
    new KuboUpload(kubo)
        .add(
            add.kuboQuery().replace("only-hash=true", "only-hash=false"),
            add.entries(),
            event -> made.put(event.text("Name"), Cid.parse(event.text("Hash"))));
    Path store = folder.resolve("fresh" + started++);
    try (OurNode fresh = OurNode.start(store, 2, key)) {
      for (Map.Entry<String, Cid> each : made.entrySet()) {
        if (isOnTop(each.getKey())) {
          fresh.ipfs().pin(each.getValue(), PinMode.RECURSIVE, List.of(kubo.swarmAddress()));
          assertThat(fresh.size(each.getValue())).isEqualTo(kuboSize(each.getValue()));
        }
      }
      for (AddEntry entry : add.entries()) {
        if (entry instanceof AddEntry.File file && made.containsKey(file.path())) {
          assertThat(fresh.read(Objects.requireNonNull(made.get(file.path()))))
              .isEqualTo(file.content().readAllBytes());
        }
      }
    }
  }

  @Test
  void pathsResolveThroughFoldersOfMoreThanOneBlock() {
    KuboMatrix.Case wide =
        kinds().stream().filter(it -> it.subjects().contains("wide")).findFirst().orElseThrow();
    Cid root = Objects.requireNonNull(ours.add(wide).get("wide")).cid().orElseThrow();
    String names = kubo.run("ls", "--size=false", root.toString());
    assertThat(names.lines()).hasSize(6000);
    String last = "/entry-with-a-name-that-is-rather-long-05999";
    String resolved = kubo.run("resolve", "/ipfs/" + root + last).strip();
    Cid here = ours.ipfs().resolve("/ipfs/" + root + last);
    assertThat(resolved).isEqualTo("/ipfs/" + here);
  }

  @Test
  void eachKnowsWhoTheOtherIs() {
    JsonObject us = Json.parseObject(kubo.run("id", ours.ipfs().id().id().toString()));
    assertThat(us.text("AgentVersion")).isEqualTo("ecluster");
    assertThat(us.texts("Protocols")).contains("/ipfs/bitswap/1.2.0", "/ipfs/ping/1.0.0");
    assertThat(ours.ipfs().swarmPeers()).contains(kubo.peerId());
    String ping = kubo.run("ping", "-n", "3", ours.ipfs().id().id().toString());
    assertThat(ping.getBytes(StandardCharsets.UTF_8)).asString().contains("Average latency");
  }
}
