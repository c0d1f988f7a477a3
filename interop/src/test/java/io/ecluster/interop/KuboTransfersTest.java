package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddEntry;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multicodec;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bitswap between our node and Kubo when there is much to move, or nothing, or somebody dies. */
@NeedsKubo
@Timeout(300)
class KuboTransfersTest {
  private static final String KEY = "ffeeddccbbaa99887766554433221100".repeat(2);
  private static final int MUCH = 64 << 20;
  private static final ImportOptions DAG =
      ImportOptions.DEFAULT.withRawLeaves(true).withCidVersion(1);

  @TempDir private Path folder;

  private KuboProcess kubo(String name) {
    return KuboProcess.started(folder.resolve(name), Optional.empty());
  }

  private OurNode ours(int number) {
    return OurNode.start(folder.resolve("ours" + number), number, Optional.empty());
  }

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Cid add(OurNode node, byte[] bytes) {
    List<Block> batch = new ArrayList<>();
    try {
      Cid root =
          new FileImporter()
              .add(
                  new ByteArrayInputStream(bytes),
                  DAG,
                  block -> {
                    batch.add(block);
                    if (batch.size() == 16) {
                      node.ipfs().put(batch);
                      batch.clear();
                    }
                  })
              .root();
      node.ipfs().put(batch);
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Cid add(KuboProcess kubo, byte[] bytes) {
    List<Cid> root = new ArrayList<>();
    new KuboUpload(kubo)
        .add(
            "raw-leaves=true&cid-version=1",
            List.of(new AddEntry.File("much", new ByteArrayInputStream(bytes))),
            event -> root.add(Cid.parse(event.text("Hash"))));
    return root.getLast();
  }

  private static Block raw(String text) {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    return new Block(Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(data)), data);
  }

  private static <T> FutureTask<T> async(java.util.concurrent.Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    Thread.startVirtualThread(future);
    return future;
  }

  private static void report(TestReporter reporter, String what, long startedNanos) {
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    reporter.publishEntry(what, "%.1f MB/s".formatted(MUCH / 1e6 / seconds));
  }

  @ParameterizedTest(name = "private network: {0}")
  @ValueSource(booleans = {false, true})
  void muchIsPinnedBothWays(boolean inPrivate, TestReporter reporter) {
    Optional<String> key = inPrivate ? Optional.of(KEY) : Optional.empty();
    byte[] one = random(MUCH, 1);
    byte[] two = random(MUCH, 2);
    try (KuboProcess kubo = KuboProcess.started(folder.resolve("kubo"), key);
        OurNode ours = OurNode.start(folder.resolve("ours"), 1, key)) {
      Cid byUs = add(ours, one);
      Cid byKubo = add(kubo, two);
      kubo.connect(ours.address());
      long start = System.nanoTime();
      kubo.run("pin", "add", "--progress=false", byUs.toString());
      report(reporter, "Kubo pins from us, private " + inPrivate, start);
      start = System.nanoTime();
      ours.ipfs().pin(byKubo, PinMode.RECURSIVE, List.of());
      report(reporter, "we pin from Kubo, private " + inPrivate, start);
      assertThat(ours.read(byKubo)).isEqualTo(two);
      assertThat(kubo.run("pin", "ls", "--type=recursive", "-q")).contains(byUs.toString());
      assertThat(kubo.cli("cat", "--offline", byUs.toString()).out()).isEqualTo(one);
    }
  }

  @Test
  void ourPinGoesOnWhenKuboComesBack() throws Exception {
    byte[] bytes = random(MUCH, 3);
    try (KuboProcess kubo = kubo("kubo");
        OurNode ours = ours(1)) {
      Cid root = add(kubo, bytes);
      ours.ipfs().swarmConnect(kubo.swarmAddress());
      FutureTask<Void> pin = async(() -> pin(ours, root));
      Eventually.until("some of it is here", () -> ours.ipfs().repoStat().repoSize() > MUCH / 16);
      kubo.kill();
      assertThat(pin.isDone()).as("killed too late").isFalse();
      kubo.start();
      ours.ipfs().swarmConnect(kubo.swarmAddress());
      pin.get();
      assertThat(ours.read(root)).isEqualTo(bytes);
    }
  }

  private static Void pin(OurNode node, Cid root) {
    node.ipfs().pin(root, PinMode.RECURSIVE, List.of());
    return null;
  }

  @Test
  void kubosPinGoesOnWhereItWasWhenItComesBack() throws Exception {
    byte[] bytes = random(MUCH, 4);
    try (KuboProcess kubo = kubo("kubo");
        OurNode ours = ours(1)) {
      Cid root = add(ours, bytes);
      kubo.connect(ours.address());
      FutureTask<KuboProcess.Output> broken =
          async(() -> kubo.cli("pin", "add", "--progress=false", root.toString()));
      Eventually.until("some of it is there", () -> kubo.storedBytes() > MUCH / 16);
      kubo.kill();
      assertThat(broken.get().exit()).as("killed too late").isNotZero();
      kubo.start();
      kubo.connect(ours.address());
      kubo.run("pin", "add", "--progress=false", root.toString());
      assertThat(kubo.cli("cat", "--offline", root.toString()).out()).isEqualTo(bytes);
    }
  }

  /** Who reads from us sees a restart of our node only as a pause. */
  @Test
  void kubosPinGoesOnWhenWeComeBack() throws Exception {
    byte[] bytes = random(MUCH, 5);
    try (KuboProcess kubo = kubo("kubo")) {
      Cid root;
      FutureTask<String> pin;
      try (OurNode ours = ours(1)) {
        root = add(ours, bytes);
        kubo.connect(ours.address());
        pin = async(() -> kubo.run("pin", "add", "--progress=false", root.toString()));
        Eventually.until("some of it is there", () -> kubo.storedBytes() > MUCH / 16);
      }
      try (OurNode again = ours(1)) {
        kubo.connect(again.address());
        pin.get();
      }
      assertThat(kubo.cli("cat", "--offline", root.toString()).out()).isEqualTo(bytes);
    }
  }

  @Test
  void whatNobodyHasIsMissedInTimeAndDelivered() throws ExecutionException, InterruptedException {
    Block lost = raw("lost");
    Block late = raw("late");
    Block later = raw("later");
    try (KuboProcess kubo = kubo("kubo");
        OurNode ours = ours(1)) {
      kubo.connect(ours.address());
      assertThat(ours.ipfs().get(lost.cid(), Duration.ofSeconds(1))).isEmpty();
      KuboProcess.Output missed = kubo.cli("block", "get", "--timeout=1s", lost.cid().toString());
      assertThat(missed.exit()).isNotZero();

      FutureTask<byte[]> weWait =
          async(() -> ours.ipfs().get(late.cid(), Duration.ofMinutes(1)).orElseThrow());
      FutureTask<byte[]> kuboWaits =
          async(() -> kubo.cli("block", "get", "--timeout=60s", later.cid().toString()).out());
      assertThatThrownBy(() -> weWait.get(300, java.util.concurrent.TimeUnit.MILLISECONDS))
          .isInstanceOf(java.util.concurrent.TimeoutException.class);
      kubo.cli(new ByteArrayInputStream(late.data()), "block", "put");
      assertThat(weWait.get()).isEqualTo(late.data());
      Eventually.until(
          "Kubo wants it", () -> kubo.run("bitswap", "wantlist").contains(later.cid().toString()));
      ours.ipfs().put(List.of(later));
      assertThat(kuboWaits.get()).isEqualTo(later.data());
    }
  }

  /** Only those that say they have a block send it, and they send it once. */
  @Test
  void whoLacksABlockIsNotSentIt() {
    byte[] bytes = random(4 << 20, 6);
    try (KuboProcess holder = kubo("holder");
        KuboProcess empty = kubo("empty");
        OurNode ours = ours(1);
        OurNode lacking = ours(2)) {
      List<Multiaddr> all = List.of(empty.swarmAddress(), holder.swarmAddress(), lacking.address());
      all.forEach(ours.ipfs()::swarmConnect);
      Cid root = add(holder, bytes);
      ours.ipfs().pin(root, PinMode.RECURSIVE, List.of());
      assertThat(ours.read(root)).isEqualTo(bytes);

      empty.connect(lacking.address());
      assertThat(empty.cli("cat", root.toString()).out()).isEqualTo(bytes);
      assertThat(received(empty)).isBetween((long) bytes.length, bytes.length * 11L / 10);
      assertThat(received(holder)).isZero();
      assertThat(lacking.ipfs().repoStat().repoSize()).isZero();
    }
  }

  private static long received(KuboProcess kubo) {
    String stat = kubo.run("bitswap", "stat", "--enc=json");
    return io.ecluster.client.Json.parseObject(stat).number("DataReceived");
  }

  @Test
  void whoIsInNoNetworkOfOursIsNotTalkedTo() {
    try (KuboProcess kubo =
            KuboProcess.started(folder.resolve("kubo"), Optional.of(KEY.replace('f', '0')));
        OurNode ours = OurNode.start(folder.resolve("ours"), 1, Optional.of(KEY));
        OurNode open = ours(2)) {
      assertThat(kubo.cli("swarm", "connect", ours.address().toString()).exit()).isNotZero();
      assertThatThrownBy(() -> ours.ipfs().swarmConnect(kubo.swarmAddress()))
          .isInstanceOf(IpfsException.class);
      assertThatThrownBy(() -> open.ipfs().swarmConnect(kubo.swarmAddress()))
          .isInstanceOf(IpfsException.class);
      assertThat(ours.ipfs().swarmPeers()).isEmpty();
    }
  }
}
