package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.AddGuard;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.ipfs.kubo.KuboSettings;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The adapter on a real daemon. */
@NeedsKubo
@Timeout(120)
class KuboNodeTest {
  private static final long SEED = new Random().nextLong();

  @RegisterExtension static final KuboNode KUBO = new KuboNode();

  private final Random random = new Random(SEED);

  private Block random(int bytes) {
    byte[] data = new byte[bytes];
    random.nextBytes(data);
    return TestDag.raw(data);
  }

  @Test
  void tellsWhoItIsAndHowLargeItIs() {
    assertThat(KUBO.node().id().id()).isEqualTo(KUBO.process().peerId());
    assertThat(KUBO.node().id().addresses()).contains(KUBO.process().swarmAddress());
    KUBO.node().put(List.of(random(1 << 20)));
    RepoStat stat = KUBO.node().repoStat();
    assertThat(stat.repoSize()).isBetween(1L, stat.storageMax());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 262_144, 1 << 20, (1 << 20) + 1, 2 << 20})
  void keepsBlocksOfAllSizes(int bytes) {
    Block block = random(bytes);
    assertThat(KUBO.node().has(block.cid())).isEqualTo(false);
    KUBO.node().put(List.of(block));
    assertThat(KUBO.node().has(block.cid())).isTrue();
    assertThat(KUBO.node().getLocal(block.cid())).contains(block.data());
    assertThat(KUBO.node().get(block.cid(), Duration.ofSeconds(5))).contains(block.data());
  }

  @ParameterizedTest
  @MethodSource("io.ecluster.multiformats.HashFunction#names")
  void keepsBlocksOfAllHashFunctions(String name) {
    HashFunction hash = HashFunction.byName(name).orElseThrow();
    byte[] data = random(1000).data();
    Block block = new Block(Cid.v1(Multicodec.RAW, hash.hash(data)), data);
    KUBO.node().put(List.of(random(10), block, random(20)));
    assertThat(KUBO.node().getLocal(block.cid())).contains(data);
  }

  @Test
  void givesNothingOfWhatItDoesNotHave() {
    Block block = random(100);
    assertThat(KUBO.node().getLocal(block.cid())).isEmpty();
    assertThat(KUBO.node().has(block.cid())).isFalse();
    assertThat(KUBO.node().get(block.cid(), Duration.ofMillis(300))).isEmpty();
  }

  @Test
  void refusesABlockUnderAnothersCid() {
    Block wrong = new Block(random(10).cid(), random(11).data());
    assertThatThrownBy(() -> KUBO.node().put(List.of(random(12), wrong)))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining(wrong.cid().toString());
  }

  /** Nodes are put as raw ones; Kubo reads the file below the real root all the same. */
  @Test
  void whatIsPutAsRawIsReadAsAFile() {
    byte[] content = random(700_000).data();
    Cid root =
        Cid.parse(
            KUBO.process()
                .cli(new ByteArrayInputStream(content), "add", "-Q", "--raw-leaves=false")
                .text()
                .strip());
    List<Block> blocks = new ArrayList<>(List.of(blockOf(root)));
    KUBO.process()
        .run("refs", "-r", root.toString())
        .lines()
        .forEach(line -> blocks.add(blockOf(Cid.parse(line))));
    KUBO.process().run("pin", "rm", root.toString());
    KUBO.process().run("repo", "gc", "-q");
    assertThat(KUBO.node().has(root)).isFalse();
    KUBO.node().put(blocks);
    assertThat(KUBO.process().cli("--offline", "cat", root.toString()).out()).isEqualTo(content);
  }

  private static Block blockOf(Cid cid) {
    return new Block(cid, KUBO.node().getLocal(cid).orElseThrow());
  }

  @Test
  void pinsInBothModes() {
    Block leaf = random(100);
    Block root = TestDag.node(leaf);
    KUBO.node().put(List.of(leaf, root));
    assertThat(KUBO.node().pinned(root.cid())).isEmpty();
    KUBO.node().pin(root.cid(), PinMode.DIRECT, List.of());
    assertThat(KUBO.node().pinned(root.cid())).contains(PinMode.DIRECT);
    assertThat(pins()).contains(new PinnedCid(root.cid(), PinMode.DIRECT));
    KUBO.node().pin(root.cid(), PinMode.RECURSIVE, List.of());
    assertThat(KUBO.node().pinned(root.cid())).contains(PinMode.RECURSIVE);
    assertThat(KUBO.node().pinned(leaf.cid())).isEmpty();
    assertThat(pins())
        .contains(new PinnedCid(root.cid(), PinMode.RECURSIVE))
        .noneMatch(pin -> pin.cid().equals(leaf.cid()));
    KUBO.node().unpin(root.cid());
    KUBO.node().unpin(root.cid());
    assertThat(KUBO.node().pinned(root.cid())).isEmpty();
  }

  private static List<PinnedCid> pins() {
    List<PinnedCid> pins = new ArrayList<>();
    KUBO.node().pins(pins::add);
    return pins;
  }

  @Test
  void updatesAPinAndKeepsTheOld() {
    Block shared = random(100);
    Block older = TestDag.node(shared);
    Block more = random(101);
    Block newer = TestDag.node(shared, more);
    KUBO.node().put(List.of(shared, older, more, newer));
    KUBO.node().pin(older.cid(), PinMode.RECURSIVE, List.of());
    KUBO.node().update(older.cid(), newer.cid());
    assertThat(KUBO.node().pinned(older.cid())).contains(PinMode.RECURSIVE);
    assertThat(KUBO.node().pinned(newer.cid())).contains(PinMode.RECURSIVE);
  }

  @Test
  void collectsGarbageButNotWhatIsBeingAdded() {
    Block kept = random(1000);
    Block garbage = random(1001);
    try (AddGuard guard = KUBO.node().guard()) {
      assertThat(guard).isNotNull();
      KUBO.node().put(List.of(kept, garbage));
      KUBO.node().pin(kept.cid(), PinMode.RECURSIVE, List.of());
    }
    List<Cid> removed = new ArrayList<>();
    KUBO.node().gc(removed::add);
    assertThat(removed).contains(garbage.cid());
    assertThat(KUBO.node().has(garbage.cid())).isFalse();
    assertThat(KUBO.node().getLocal(kept.cid())).contains(kept.data());
  }

  @Test
  void resolvesPaths() {
    Block leaf = random(100);
    Block folder = TestDag.folder(Map.of("a b", leaf.cid()));
    KUBO.node().put(List.of(leaf, folder));
    assertThat(KUBO.node().resolve("/ipfs/" + folder.cid() + "/a b")).isEqualTo(leaf.cid());
    assertThatThrownBy(() -> KUBO.node().resolve("/ipfs/" + folder.cid() + "/none"))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("none");
  }

  @Test
  void survivesThatItIsKilledAndStartedAgain() {
    Block block = random(1000);
    KUBO.node().put(List.of(block));
    for (int i = 0; i < 2; i++) {
      KUBO.process().kill();
      assertThatThrownBy(() -> KUBO.node().has(block.cid()))
          .isInstanceOf(IpfsException.class)
          .hasMessageContaining("cannot be reached");
      KUBO.process().start();
      assertThat(KUBO.node().getLocal(block.cid())).contains(block.data());
    }
  }

  @Test
  void tellsThatItHangsAndGoesOnAfterwards() {
    KuboSettings hasty =
        KuboSettings.at(KUBO.process().api())
            .withTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1));
    try (KuboIpfsNode impatient = KuboIpfsNode.open(hasty)) {
      Block block = random(1000);
      impatient.put(List.of(block));
      KUBO.process().pause();
      try {
        assertThatThrownBy(() -> impatient.getLocal(block.cid()))
            .isInstanceOf(IpfsException.class)
            .hasMessageContaining("has not answered block/get within 1.0 s");
        assertThatThrownBy(() -> impatient.pin(block.cid(), PinMode.DIRECT, List.of()))
            .hasMessageContaining("has not answered pin/add");
      } finally {
        KUBO.process().resume();
      }
      assertThat(impatient.getLocal(block.cid())).contains(block.data());
    }
  }
}
