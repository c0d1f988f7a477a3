package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.cluster.HookedRpc;
import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.cluster.WaitInterruptedException;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.CodedStripe;
import io.ecluster.erasure.NotEnoughShardsException;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodedReaderTest {
  private static final int TWO_GROUPS = 1_500_000;
  private static final int ONE_GROUP = 500_000;

  @Test
  void aWholeFileIsReadWithoutRebuilding() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(TWO_GROUPS);
      Set<Integer> degraded = ConcurrentHashMap.newKeySet();
      byte[] read = c.read(c.peer(6), file.root(), (_, group) -> degraded.add(group));
      assertThat(read).isEqualTo(file.bytes());
      assertThat(degraded).isEmpty();
    }
  }

  static Stream<List<Integer>> pairs() {
    return IntStream.range(0, 6)
        .boxed()
        .flatMap(a -> IntStream.range(a + 1, 6).mapToObj(b -> List.of(a, b)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void anyTwoHoldersMayDie(List<Integer> dead) {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(TWO_GROUPS);
      dead.forEach(peer -> c.kill(c.peer(peer)));
      Set<Integer> degraded = new ConcurrentSkipListSet<>();
      byte[] read = c.read(c.peer(6), file.root(), (_, group) -> degraded.add(group));
      assertThat(read).isEqualTo(file.bytes());
      boolean dataLost = dead.stream().anyMatch(column -> column < CodedCluster.DATA);
      assertThat(degraded).isEqualTo(dataLost ? Set.of(0, 1) : Set.of());
    }
  }

  @Test
  void threeDeadHoldersFailTheReadBeforeItsFirstByte() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(TWO_GROUPS);
      List.of(0, 3, 5).forEach(peer -> c.kill(c.peer(peer)));
      CodedReader reader = c.reader(c.peer(6), (_, _) -> {});
      assertThatThrownBy(() -> reader.open(file.root()))
          .isInstanceOf(NotEnoughShardsException.class)
          .hasMessageContaining("group 0")
          .hasMessageContaining("3 of its shards can be read, 4 are needed")
          .hasMessageContaining("[0, 3, 5]");
    }
  }

  @Test
  void aRangeNeedsOnlyItsGroups() throws IOException {
    try (CodedCluster c = new CodedCluster(12)) {
      CodedFile file = c.add(TWO_GROUPS, (group, column) -> c.peer(group * 6 + column));
      List.of(0, 1, 2).forEach(column -> c.kill(c.peer(column)));
      CodedReader reader = c.reader(c.peer(11), (_, _) -> {});
      assertThatThrownBy(() -> reader.open(file.root())).hasMessageContaining("group 0");
      int from = 1_200_000;
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (Content content = reader.openForRange(file.root())) {
        content.writeTo(out, from, TWO_GROUPS);
      }
      assertThat(out.toByteArray()).isEqualTo(Arrays.copyOfRange(file.bytes(), from, TWO_GROUPS));
    }
  }

  @Test
  void aCorruptedBlockIsRebuilt() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      CodedStripe stripe = file.groups().getFirst().stripes().get(1);
      stripe.cell(2).stream().map(CodedBlock::rawCid).forEach(c.peer(2).store::corrupt);
      stripe.cell(3).stream().map(CodedBlock::rawCid).forEach(c.peer(3).store::lose);
      Set<Integer> degraded = ConcurrentHashMap.newKeySet();
      byte[] read = c.read(c.peer(6), file.root(), (_, group) -> degraded.add(group));
      assertThat(read).isEqualTo(file.bytes());
      assertThat(degraded).containsExactly(0);
    }
  }

  @Test
  void holdersThatHangBeforeTheReadAreReadAround() {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      c.cluster.network.freeze(c.peer(1).host);
      c.cluster.network.freeze(c.peer(4).host);
      assertThat(c.read(c.peer(6), file.root())).isEqualTo(file.bytes());
    }
  }

  @Test
  void holdersThatHangOrDieDuringTheReadAreReadAround() throws IOException {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(TWO_GROUPS);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (Content content = c.reader(c.peer(6), (_, _) -> {}).open(file.root())) {
        content.writeTo(
            after(
                out,
                200_000,
                () -> {
                  c.cluster.network.freeze(c.peer(0).host);
                  c.kill(c.peer(2));
                }),
            0,
            TWO_GROUPS);
      }
      assertThat(out.toByteArray()).isEqualTo(file.bytes());
    }
  }

  /** Passes bytes on and acts once so many have gone by. */
  private static OutputStream after(OutputStream out, int bytes, Runnable action) {
    return new OutputStream() {
      private int written;
      private boolean done;

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] data, int from, int length) throws IOException {
        out.write(data, from, length);
        written += length;
        if (written >= bytes && !done) {
          done = true;
          action.run();
        }
      }
    };
  }

  @Test
  void aFileThatIsNotCodedIsReadPlainly() throws IOException {
    try (CodedCluster c = new CodedCluster(2)) {
      byte[] bytes = {1, 2, 3};
      Cid cid = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(bytes));
      c.peer(1).store.put(List.of(new io.ecluster.ipld.Block(cid, bytes)));
      assertThat(c.read(c.peer(0), cid)).isEqualTo(bytes);
      Cid unknown = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(new byte[] {9}));
      assertThatThrownBy(() -> c.read(c.peer(0), unknown))
          .isInstanceOf(BlockNotFoundException.class);
    }
  }

  @Test
  void aReaderThatIsInterruptedStopsAtOnce() throws InterruptedException {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(TWO_GROUPS);
      AtomicReference<Throwable> end = new AtomicReference<>();
      CountDownLatch reading = new CountDownLatch(1);
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                OutputStream out =
                    after(
                        OutputStream.nullOutputStream(),
                        1,
                        () -> {
                          reading.countDown();
                          Thread.currentThread().interrupt();
                        });
                try (Content content = c.reader(c.peer(6), (_, _) -> {}).open(file.root())) {
                  content.writeTo(out, 0, TWO_GROUPS);
                } catch (IOException | RuntimeException e) {
                  end.set(e);
                }
              });
      reading.await();
      reader.join();
      assertThat(end.get()).isInstanceOf(WaitInterruptedException.class);
    }
  }

  @Test
  void aLinkThatBreaksIsOpenedAgain() throws InterruptedException {
    try (CodedCluster c = new CodedCluster(7)) {
      CodedFile file = c.add(ONE_GROUP);
      TestPeer holder = c.peer(0);
      Cid block = file.groups().getFirst().stripes().getFirst().cell(0).getFirst().rawCid();
      int[] opened = {0};
      HookedRpc rpc =
          new HookedRpc(
              c.peer(6).rpc,
              (_, method) -> opened[0] += method.equals(ErasureMethods.BLOCKS) ? 1 : 0);
      try (HolderLinks links = new HolderLinks(rpc, c.peers(c.peer(6)), c.peer(6).ipfs)) {
        assertThat(links.read(holder.id(), block)).isPresent();
        c.peer(6).host.disconnect(holder.id());
        reconnect(c, holder);
        assertThat(links.read(holder.id(), block)).isEmpty();
        assertThat(links.isGone(holder.id())).isFalse();
        assertThat(links.read(holder.id(), block)).isPresent();
      }
      assertThat(opened[0]).isEqualTo(2);
    }
  }

  private static void reconnect(CodedCluster c, TestPeer holder) {
    try {
      c.peer(6).host.connect(holder.id(), holder.host.addresses(), java.time.Duration.ofSeconds(5));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
