package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.HttpResponse;
import io.ecluster.client.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Peers are killed while something is in the middle: an add, a read, a repair. */
class LossesUnderWayTest {
  private static final int MIB = 1 << 20;

  @RegisterExtension static final SharedPeers CLUSTER = new SharedPeers(8, Map.of(), Map.of());

  @TempDir Path folder;

  private final PeerProcesses peers = CLUSTER.peers();

  @Test
  void holderKilledInTheMiddleOfAnAddIsReplacedBeforeItSucceeds() throws Exception {
    byte[] file = Coded.bytes(1, 36 * MIB);
    Map<String, Long> before = peers.storedBytes();
    PeerProcess victim;
    List<JsonObject> events;
    try (HeldAdd add =
        HeldAdd.start(peers.get(0), Coded.QUERY + "&name=add-loss", file, 28 * MIB)) {
      victim = awaitGrowth(before, peers.all().subList(1, 8));
      assertThat(add.ended()).isFalse();
      victim.kill();
      long stored = victim.storedBytes() - before.getOrDefault(victim.name(), 0L);
      assertThat(stored).as("a part of its column").isBetween(1L, 9L * MIB - 1);
      events = add.finish();
    }
    String root = Coded.root(events);
    assertThat(events.getLast().object("erasure").number("margin")).isEqualTo(Coded.MARGIN);
    PeerProcess other = peers.all().get(victim == peers.get(1) ? 2 : 1);
    Coded.assertReads(other, root, file);
    Coded.assertWhole(peers, other, root);
    assertThat(Coded.holders(other, root).values()).doesNotContain(victim.id());
  }

  private static PeerProcess awaitGrowth(Map<String, Long> before, List<PeerProcess> some) {
    PeerProcesses.await("one of them stores blocks", () -> grown(before, some).isPresent());
    return grown(before, some).orElseThrow();
  }

  private static Optional<PeerProcess> grown(Map<String, Long> before, List<PeerProcess> some) {
    return some.stream()
        .filter(peer -> peer.storedBytes() > before.getOrDefault(peer.name(), 0L))
        .findFirst();
  }

  @Test
  void holderKilledInTheMiddleOfAReadIsNotNoticedByTheReader() throws Exception {
    byte[] file = Coded.bytes(2, 36 * MIB);
    PeerProcess reader = peers.get(0);
    String root =
        Coded.root(
            PeerProcesses.add(reader, Coded.QUERY + "&chunker=size-32768&name=read-loss", file));
    PeerProcess victim = holderOtherThan(root, reader);
    try (HttpResponse response = reader.api().send("GET", "/ecget/" + root, Map.of())) {
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      read.writeBytes(response.body().readNBytes(MIB));
      victim.kill();
      response.body().transferTo(read);
      assertThat(read.toByteArray()).isEqualTo(file);
    }
    // Blocks had to be rebuilt, so the kill fell into the read; and the damage is mended by itself.
    PeerProcesses.await(
        "the reading peer repairs what it found damaged",
        () -> log(reader).contains("group 0 of " + root + ", found damaged by a read: repaired"));
    Coded.assertWhole(peers, reader, root);
  }

  /** The holder of a data shard that is not this peer. */
  private PeerProcess holderOtherThan(String root, PeerProcess one) throws IOException {
    String self = one.id();
    return Coded.holders(one, root).values().stream()
        .filter(id -> !id.equals(self))
        .map(peers::byId)
        .findFirst()
        .orElseThrow();
  }

  private static String log(PeerProcess peer) {
    try {
      return peer.log();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void holderKilledInTheMiddleOfARepairDoesNotKeepTheMarginFromComingBack() throws Exception {
    byte[] file = Coded.bytes(3, 64 * MIB);
    String root =
        Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=repair-loss", file));
    List<PeerProcess> holders =
        Coded.holders(peers.get(0), root).values().stream().map(peers::byId).toList();
    holders.get(0).kill();
    PeerProcess coordinator = holders.get(5);
    PeerProcess target = plannedTarget(coordinator, root);
    Map<String, Long> before = peers.storedBytes();
    FutureTask<List<JsonObject>> repair =
        inBackground(() -> PeerProcesses.recover(coordinator, "cid=" + root));
    target = awaitGrowth(before, List.of(target));
    target.pause();
    try {
      assertThat(repair.isDone()).isFalse();
      long stored = target.storedBytes() - before.getOrDefault(target.name(), 0L);
      assertThat(stored).as("a part of the shard").isBetween(1L, 16L * MIB - 1);
      holders.get(1).kill();
    } finally {
      target.resume();
    }
    repair.get();
    if (Coded.group(coordinator, root).number("margin") < Coded.MARGIN) {
      PeerProcesses.recover(coordinator, "cid=" + root);
    }
    Coded.assertWhole(peers, coordinator, root);
    Coded.assertReads(peers.firstAlive(), root, file);
  }

  private PeerProcess plannedTarget(PeerProcess asked, String root) {
    return Coded.group(asked, root).list("shards").stream()
        .map(shard -> JsonObject.of(shard).text("new_peer"))
        .filter(id -> !id.isEmpty())
        .map(peers::byId)
        .findFirst()
        .orElseThrow();
  }

  private static <T> FutureTask<T> inBackground(java.util.concurrent.Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().name("background").start(task);
    return task;
  }

  @Test
  void twoRepairsOfAGroupAtOnceEndWell() throws Exception {
    byte[] file = Coded.bytes(4, 8 * MIB);
    String root =
        Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=two-repairs", file));
    List<PeerProcess> holders =
        Coded.holders(peers.get(0), root).values().stream().map(peers::byId).toList();
    holders.get(2).kill();
    holders.get(3).kill();
    FutureTask<List<JsonObject>> one =
        inBackground(() -> PeerProcesses.recover(holders.get(0), "cid=" + root));
    FutureTask<List<JsonObject>> two =
        inBackground(() -> PeerProcesses.recover(holders.get(1), "cid=" + root));
    assertThat(List.of(one.get().size(), two.get().size())).containsExactly(1, 1);
    awaitSameHolders(holders.get(0), holders.get(1), root);
    if (!Coded.group(holders.get(0), root).text("state").equals("healthy")) {
      PeerProcesses.recover(holders.get(0), "cid=" + root);
    }
    Coded.assertWhole(peers, holders.get(0), root);
    Coded.assertReads(holders.get(1), root, file);
  }

  private static void awaitSameHolders(PeerProcess one, PeerProcess two, String root) {
    PeerProcesses.await(
        "both peers know the same holders",
        () -> Coded.holders(one, root).equals(Coded.holders(two, root)));
  }

  @Test
  void lossOfTooManyInTheMiddleOfAReadLeavesNoPartOfTheFile() throws Exception {
    byte[] file = Coded.bytes(5, 36 * MIB);
    PeerProcess reader = peers.get(0);
    String root =
        Coded.root(
            PeerProcesses.add(reader, Coded.QUERY + "&chunker=size-32768&name=read-end", file));
    Path target = Files.createDirectory(folder.resolve("target"));
    List<PeerProcess> victims =
        Coded.holders(reader, root).values().stream()
            .map(peers::byId)
            .filter(peer -> peer != reader)
            .limit(Coded.MARGIN + 1)
            .toList();
    try (CtlProcess ctl =
        CtlProcess.start(reader, folder, "ecget", root, "-o", target.resolve("file").toString())) {
      PeerProcesses.await("the first bytes are on the disk", () -> bytesIn(target) > 0);
      ctl.pause();
      assertThat(bytesIn(target)).isLessThan(file.length);
      for (PeerProcess victim : victims) {
        victim.kill();
      }
      ctl.resume();
      CtlProcess.Result result = ctl.finish();
      assertThat(result.exitCode()).as(result.toString()).isNotZero();
      assertThat(filesIn(target)).as(result.toString()).isEmpty();
    }
  }

  private static long bytesIn(Path folder) {
    return filesIn(folder).stream().mapToLong(file -> file.toFile().length()).sum();
  }

  private static List<Path> filesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void corruptBlocksAreNoticedReadAroundAndRepaired() throws Exception {
    byte[] file = Coded.bytes(6, 8 * MIB);
    PeerProcess reader = peers.get(0);
    String root = Coded.root(PeerProcesses.add(reader, Coded.QUERY + "&name=corrupt", file));
    Map<Long, String> holders = Coded.holders(reader, root);
    PeerProcess data = Coded.holder(peers, holders, 1);
    PeerProcess parity = Coded.holder(peers, holders, 5);
    Path read = corruptLargest(data);
    Path unread = corruptLargest(parity);
    Coded.assertReads(reader, root, file);
    PeerProcesses.await(
        "the damage is found by its hash", () -> log(data).contains("corrupt block"));
    List<JsonObject> repaired = PeerProcesses.recover(peers.get(3), "verify=true&cid=" + root);
    assertThat(repaired).hasSize(1);
    assertThat(repaired.getFirst().text("state")).isEqualTo("repaired");
    assertThat(log(parity)).contains("corrupt block");
    Coded.assertWhole(peers, reader, root);
    assertThat(PeerProcesses.recover(reader, "verify=true&dry-run=true&cid=" + root))
        .singleElement()
        .satisfies(group -> assertThat(group.text("state")).isEqualTo("healthy"));
    assertThat(read).exists();
    assertThat(unread).exists();
  }

  /** Flips bits in the newest of a peer's largest blocks. */
  private static Path corruptLargest(PeerProcess peer) throws IOException {
    Path block =
        peer.blockFiles().stream()
            .filter(file -> file.toFile().length() == 256 * 1024)
            .max(java.util.Comparator.comparingLong(file -> file.toFile().lastModified()))
            .orElseThrow();
    byte[] bytes = Files.readAllBytes(block);
    bytes[bytes.length / 2] ^= 1;
    Files.write(block, bytes);
    return block;
  }

  @Test
  void restartOfAllPeersLosesNothing() throws Exception {
    byte[] file = Coded.bytes(7, 8 * MIB);
    List<JsonObject> events = PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=restart", file);
    String root = Coded.root(events);
    Map<String, Long> stored = peers.storedBytes();
    List<String> pins = PeerProcesses.pinNames(peers.get(0), "restart");
    assertThat(pins).hasSize(Coded.SHARDS + 2);
    for (PeerProcess peer : peers.all()) {
      peer.kill();
    }
    peers.startDead();
    assertThat(peers.storedBytes()).isEqualTo(stored);
    for (PeerProcess peer : peers.all()) {
      assertThat(PeerProcesses.pinNames(peer, "restart")).containsExactlyInAnyOrderElementsOf(pins);
    }
    Coded.assertReads(peers.get(1), root, file);
    Coded.assertReads(peers.get(7), root, file);
    PeerProcesses.await(
        "all is whole", () -> Coded.group(peers.get(2), root).text("state").equals("healthy"));
    Coded.assertWhole(peers, peers.get(2), root);
  }

  @Test
  void uploadThatBreaksOffLeavesNothing() throws Exception {
    byte[] file = Coded.bytes(8, 24 * MIB);
    PeerProcesses.collectGarbage(peers.get(0));
    Map<String, Long> before = peers.storedBytes();
    String query = Coded.QUERY + "&shard-size=" + 2 * MIB + "&name=broken-off";
    try (BrokenUpload upload = BrokenUpload.start(peers.get(0), query, file, 15 * MIB)) {
      PeerProcesses.await(
          "the first group is pinned",
          () -> PeerProcesses.pinNames(peers.get(1), "broken-off").size() >= Coded.SHARDS);
      assertThat(upload.answered()).isFalse();
    }
    // Long before the sweep may take them: its grace time is ten minutes.
    PeerProcesses.await(
        "its shard pins are gone",
        () ->
            peers.all().stream()
                .allMatch(peer -> PeerProcesses.pinNames(peer, "broken-off").isEmpty()));
    PeerProcesses.await(
        "garbage collection removes its blocks",
        () -> {
          PeerProcesses.collectGarbage(peers.get(0));
          return peers.storedBytes().equals(before);
        });
  }
}
