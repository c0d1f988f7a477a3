package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What coded files and folders take on the disks of six peers, and that it is enough. */
class StoredBytesTest {
  private static final int MIB = 1 << 20;
  private static final int PEERS = 6;

  /** Manifest, group node and shard node: some hundred bytes a block. */
  private static final long MAX_NODES_BYTES = 128 * 1024;

  private static final Pattern FACTOR = Pattern.compile("\\(factor ([0-9.]+)\\)");

  @RegisterExtension static final SharedPeers CLUSTER = new SharedPeers(PEERS, Map.of(), Map.of());

  @TempDir Path folder;

  private final PeerProcesses peers = CLUSTER.peers();

  @Test
  void fileTakesHalfAsMuchAgainAndEachPeerHasItsColumn() throws Exception {
    byte[] file = Coded.bytes(1, 64 * MIB);
    Map<String, Long> before = peers.storedBytes();
    List<JsonObject> events =
        PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=sixty-four", file);
    String root = Coded.root(events);
    Map<String, Long> after = peers.storedBytes();
    for (PeerProcess peer : peers.all()) {
      long column = columnBytes(events, peer);
      assertThat(column).as(peer.name()).isBetween(file.length / 5L, file.length * 3L / 10);
      long stored = at(after, peer) - at(before, peer);
      assertThat(stored).as(peer.name()).isBetween(column, column + MAX_NODES_BYTES);
    }
    long all = sum(after) - sum(before);
    assertThat(all).isLessThanOrEqualTo(file.length * 152L / 100);
    JsonObject receipt = events.getLast().object("erasure");
    assertThat(all).isBetween(receipt.number("stored_bytes"), file.length * 152L / 100);

    assertThat(PeerProcesses.collectGarbage(peers.get(1))).isZero();
    assertThat(peers.storedBytes()).isEqualTo(after);
    Coded.assertReads(peers.get(5), root, file);
    Coded.assertWhole(peers, peers.get(4), root);
  }

  /** The size of the one shard that an add says a peer has. */
  private static long columnBytes(List<JsonObject> events, PeerProcess peer) throws IOException {
    String id = peer.id();
    List<Long> sizes =
        events.stream()
            .filter(event -> event.texts("allocations").contains(id))
            .map(event -> event.number("size"))
            .toList();
    assertThat(sizes).as(peer.name()).hasSize(1);
    return sizes.getFirst();
  }

  private static long at(Map<String, Long> stored, PeerProcess peer) {
    return stored.getOrDefault(peer.name(), 0L);
  }

  private static long sum(Map<String, Long> stored) {
    return stored.values().stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void tenThousandSmallFilesComeBackAsTheyWere() throws Exception {
    Path source = Files.createDirectory(folder.resolve("many"));
    for (int i = 0; i < 10_000; i++) {
      Files.writeString(source.resolve("file-" + i), "this is file " + i + "\n");
    }
    CtlProcess.Result added = ctl(peers.get(0), "add", "-r", "--erasure", source.toString());
    assertThat(added.exitCode()).as(added.err()).isZero();
    Matcher factor = FACTOR.matcher(added.err());
    assertThat(factor.find()).as(added.err()).isTrue();
    assertThat(Double.parseDouble(factor.group(1))).isBetween(1.5, 6.0);
    Path target = folder.resolve("back");
    CtlProcess.Result read =
        ctl(peers.get(3), "ecget", rootOf(added.out()), "-o", target.toString());
    assertThat(read.exitCode()).as(read.toString()).isZero();
    assertThat(contents(target)).isEqualTo(contents(source)).hasSize(10_000);
  }

  /** The CID in the last line of what {@code add} printed: {@code added CID NAME}. */
  private static String rootOf(String out) {
    return out.lines().toList().getLast().split(" ")[1];
  }

  @Test
  void folderThatSharesFilesWithARemovedOneStaysWhole() throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    for (int i = 0; i < 20; i++) {
      byte[] shared = Coded.bytes(100 + i, 150_000);
      Files.write(one.resolve("shared-" + i), shared);
      Files.write(two.resolve("shared-" + i), shared);
    }
    Files.write(one.resolve("own"), Coded.bytes(200, 300_000));
    Files.write(two.resolve("own"), Coded.bytes(201, 300_000));
    String removed = added(ctl(peers.get(0), "add", "-r", "--erasure", "-Q", one.toString()));
    String kept = added(ctl(peers.get(1), "add", "-r", "--erasure", "-Q", two.toString()));
    CtlProcess.Result unpinned = ctl(peers.get(2), "pin", "rm", removed);
    assertThat(unpinned.exitCode()).as(unpinned.toString()).isZero();
    PeerProcesses.await(
        "the pins of the removed folder are gone everywhere",
        () -> peers.all().stream().allMatch(peer -> PeerProcesses.pinNames(peer, "one").isEmpty()));
    PeerProcesses.collectGarbage(peers.get(3));
    Coded.assertWhole(peers, peers.get(2), kept);

    peers.get(0).kill();
    peers.get(1).kill();
    Path target = folder.resolve("back");
    CtlProcess.Result read = ctl(peers.get(4), "ecget", kept, "-o", target.toString());
    assertThat(read.exitCode()).as(read.toString()).isZero();
    assertThat(contents(target)).isEqualTo(contents(two)).hasSize(21);
  }

  private static String added(CtlProcess.Result result) {
    assertThat(result.exitCode()).as(result.toString()).isZero();
    return result.out().strip();
  }

  @Test
  void lossOfTooManyNamesWhatIsMissingAndLeavesNoFile() throws Exception {
    byte[] file = Coded.bytes(2, 2 * MIB);
    String root = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=lost", file));
    Map<Long, String> holders = Coded.holders(peers.get(0), root);
    for (long column : List.of(1L, 2L, 4L)) {
      Coded.holder(peers, holders, column).kill();
    }
    Path target = Files.createDirectory(folder.resolve("target"));
    CtlProcess.Result result =
        ctl(peers.firstAlive(), "ecget", root, "-o", target.resolve("file").toString());
    assertThat(result.exitCode()).as(result.toString()).isEqualTo(2);
    assertThat(result.out() + result.err())
        .contains("group 0 cannot be decoded: 3 of its shards can be read, 4 are needed")
        .contains("missing shards [1, 2, 4]");
    try (Stream<Path> left = Files.list(target)) {
      assertThat(left).isEmpty();
    }
  }

  private CtlProcess.Result ctl(PeerProcess peer, String... arguments) throws Exception {
    return CtlProcess.run(peer, folder, arguments);
  }

  /** Every file of a folder with its text or bytes. */
  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> contents.put(root.relativize(file).toString(), text(file)));
    }
    return contents;
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
