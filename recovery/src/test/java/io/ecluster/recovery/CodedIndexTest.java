package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.RocksDatastore;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.GroupNode;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multihash;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodedIndexTest {
  private static final int TWO_GROUPS = 1_500_000;
  private static final int ONE_GROUP = 300_000;

  @TempDir Path temp;
  private final CodedCluster c = new CodedCluster(7);

  @AfterEach
  void close() {
    c.close();
  }

  private Path folder() {
    return temp.resolve("index");
  }

  private IndexedPeer start() {
    return start(CodedIndex.STANDARD_MAX_ENTRIES);
  }

  private IndexedPeer start(long maxEntries) {
    return new IndexedPeer(c, c.peer(6), c.peer(6).rpc, folder(), maxEntries, 1 << 20);
  }

  private static Stream<CodedBlock> blocks(GroupNode group) {
    return group.stripes().stream()
        .flatMap(stripe -> stripe.cells().subList(0, group.dataShards()).stream())
        .flatMap(cell -> cell.stream());
  }

  /** Each block is found in its group and column. */
  private static void assertIndexed(IndexedPeer peer, CodedFile file) {
    for (GroupNode group : file.groups()) {
      for (var stripe : group.stripes()) {
        for (int column = 0; column < group.dataShards(); column++) {
          for (CodedBlock block : stripe.cell(column)) {
            assertThat(peer.index.find(block.hash()))
                .contains(
                    new BlockIndex.Place(
                        file.root(), peer.manifest(file.root()), group.index(), column));
          }
        }
      }
    }
  }

  private static Multihash first(CodedFile file) {
    return blocks(file.groups().getFirst()).findFirst().orElseThrow().hash();
  }

  private static long count(CodedFile file) {
    return file.groups().stream().flatMap(CodedIndexTest::blocks).count();
  }

  @Test
  void whatWasPinnedBeforeAndWhatIsPinnedWhileItRunsIsFound() {
    CodedFile before = c.add(TWO_GROUPS);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(before.root());
      CodedFile later = c.add(TWO_GROUPS);
      peer.awaitIndexed(later.root());
      assertIndexed(peer, before);
      assertIndexed(peer, later);
      assertThat(peer.index.size().entries()).isEqualTo(count(before) + count(later));
      Eventually.until("it was told", () -> peer.indexed.size() == count(before) + count(later));
      assertThat(peer.index.find(HashFunction.SHA2_256.hash(new byte[] {1}))).isEmpty();
    }
  }

  @Test
  void itOutlivesARestartThoughNobodyIsLeftToMakeItAnew() {
    CodedFile file = c.add(TWO_GROUPS);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
    }
    for (int i = 0; i < 6; i++) {
      c.kill(c.peer(i));
    }
    try (IndexedPeer peer = start()) {
      assertIndexed(peer, file);
      assertThat(peer.index.complete(peer.manifest(file.root()))).isTrue();
    }
  }

  @Test
  void whatIsUnpinnedIsNotFoundFromThatMomentAndForgottenSoon() {
    CodedFile file = c.add(TWO_GROUPS);
    CodedFile other = c.add(ONE_GROUP);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
      peer.awaitIndexed(other.root());
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(file.root())));
      assertThat(peer.index.find(first(file))).isEmpty();
      Eventually.until("it is forgotten", () -> peer.index.of(file.root()).isEmpty());
      assertThat(peer.index.size().dead()).isEqualTo(count(file));
      assertIndexed(peer, other);
    }
  }

  @Test
  void whatWasUnpinnedWhileItWasAwayIsForgotten() {
    CodedFile file = c.add(TWO_GROUPS);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
    }
    c.peer(0).consensus.commit(List.of(new PinChange.Remove(file.root())));
    try (IndexedPeer peer = start()) {
      assertThat(peer.index.find(first(file))).isEmpty();
      Eventually.until("it is forgotten", () -> peer.index.of(file.root()).isEmpty());
    }
  }

  @Test
  void deadEntriesAreClearedAway() {
    CodedFile file = c.add(TWO_GROUPS);
    CodedFile other = c.add(ONE_GROUP);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
      peer.awaitIndexed(other.root());
      c.peer(0).consensus.commit(List.of(new PinChange.Remove(file.root())));
      Eventually.until("it is forgotten", () -> peer.index.of(file.root()).isEmpty());
      List<byte[]> dead;
      try (Stream<byte[]> keys = peer.index.dead()) {
        dead = keys.toList();
      }
      assertThat(dead).hasSize((int) count(file));
      peer.index.delete(dead);
      assertThat(peer.index.size()).isEqualTo(new CodedIndex.Size(count(other), 0));
      assertIndexed(peer, other);
    }
  }

  @Test
  void whenItIsFullFurtherCodingsAreLeftOut() {
    CodedFile file = c.add(ONE_GROUP);
    try (IndexedPeer peer = start(count(file) + 5)) {
      peer.awaitIndexed(file.root());
      CodedFile more = c.add(ONE_GROUP);
      Eventually.until("it is full", peer.index::isFull);
      assertIndexed(peer, file);
      assertThat(peer.index.find(first(more))).isEmpty();
      assertThat(peer.blocks.get(more.root())).isPresent();
    }
  }

  @Test
  void anIndexThatIsDamagedIsMadeAnew() throws IOException {
    CodedFile file = c.add(TWO_GROUPS);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
    }
    try (Stream<Path> files = Files.list(folder())) {
      for (Path path :
          files.filter(p -> p.toString().matches(".*(MANIFEST-|CURRENT).*")).toList()) {
        Files.writeString(path, "not what it was");
      }
    }
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
      assertIndexed(peer, file);
    }
  }

  @Test
  void recordsThatMakeNoSenseAreFoundOutWhileItRuns() {
    CodedFile file = c.add(ONE_GROUP);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
    }
    try (Datastore store = RocksDatastore.open(folder())) {
      store.write(
          List.of(
              new Datastore.Change.Put(
                  IndexKeys.coding(0), "garbage".getBytes(StandardCharsets.UTF_8))));
    }
    try (IndexedPeer peer = start()) {
      assertThat(peer.index.find(first(file))).isEmpty();
      peer.awaitIndexed(file.root());
      assertIndexed(peer, file);
    }
  }

  @Test
  void anIndexOfAnotherFormatIsMadeAnew() {
    CodedFile file = c.add(ONE_GROUP);
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
    }
    try (Datastore store = RocksDatastore.open(folder())) {
      store.write(List.of(new Datastore.Change.Put(IndexKeys.VERSION, new byte[] {0, 0, 0, 77})));
    }
    try (CodedIndex index = CodedIndex.open(folder(), c.peer(6).consensus.state(), 1_000)) {
      assertThat(index.size()).isEqualTo(new CodedIndex.Size(0, 0));
    }
    try (IndexedPeer peer = start()) {
      peer.awaitIndexed(file.root());
      assertIndexed(peer, file);
    }
  }

  @Test
  void aGroupThatCannotBeHadNowIsTakenInWhenItCan() {
    CodedFile file = c.add(TWO_GROUPS);
    Cid node = file.manifest().groups().getFirst().node();
    byte[] bytes = c.peer(5).store.getLocal(node.rawAlias()).orElseThrow();
    c.cluster.peers.forEach(peer -> peer.store.lose(node));
    try (IndexedPeer peer = start()) {
      Multihash second = blocks(file.groups().get(1)).findFirst().orElseThrow().hash();
      Eventually.until("the other group", () -> !peer.index.find(second).isEmpty());
      assertThat(peer.index.find(first(file))).isEmpty();
      c.peer(2).store.put(List.of(new Block(node.rawAlias(), bytes)));
      peer.awaitIndexed(file.root());
      assertIndexed(peer, file);
    }
  }
}
