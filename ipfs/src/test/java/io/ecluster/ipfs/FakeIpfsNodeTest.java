package io.ecluster.ipfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsNode.AddGuard;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FakeIpfsNodeTest {
  private final FakeIpfsNetwork network = new FakeIpfsNetwork();
  private final FakeIpfsNode node = network.node(1);
  private final FakeIpfsNode other = network.node(2);
  private final Block one = TestDag.raw("one");
  private final Block two = TestDag.raw("two");
  private final Block root = TestDag.node(one, two);

  @Test
  void findsABlockUnderAnyCidOfItsMultihash() {
    node.put(List.of(root));
    assertThat(node.getLocal(root.cid().rawAlias())).contains(root.data());
    assertThat(node.has(root.cid().rawAlias())).isTrue();
  }

  @Test
  void refusesBytesThatAreNotTheirCids() {
    Block lie = new Block(one.cid(), two.data());
    assertThatThrownBy(() -> node.put(List.of(two, lie))).isInstanceOf(IpfsException.class);
    assertThat(node.stored()).isEmpty();
  }

  @Test
  void pinsByFetchingWhatIsMissing() {
    other.put(List.of(one, two, root));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    assertThat(node.stored()).hasSize(3);
    assertThat(node.pinned(root.cid())).contains(PinMode.RECURSIVE);
  }

  @Test
  void recordsNoPinWhenABlockCannotBeHad() {
    other.put(List.of(one, root));
    assertThatThrownBy(() -> node.pin(root.cid(), PinMode.RECURSIVE, List.of()))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining(two.cid().toString());
    assertThat(node.pinned()).isEmpty();
  }

  @Test
  void collectsExactlyWhatNothingKeeps() {
    Block loose = TestDag.raw("loose");
    node.put(List.of(one, two, root, loose));
    node.pin(root.cid(), PinMode.DIRECT, List.of());
    node.pin(one.cid(), PinMode.RECURSIVE, List.of());
    assertThat(collected()).containsExactlyInAnyOrder(two.cid(), loose.cid());
    assertThat(node.stored()).containsExactlyInAnyOrder(root.cid().hash(), one.cid().hash());
  }

  @Test
  void shardNodesKeepBlocksOfAnyCodecWithoutFollowingThem() {
    Block shard = TestDag.shard("shard", List.of(root));
    node.put(List.of(one, two, root, shard));
    node.pin(shard.cid(), PinMode.RECURSIVE, List.of());
    collected();
    assertThat(node.stored()).containsExactlyInAnyOrder(root.cid().hash(), shard.cid().hash());
  }

  @Test
  void collectsNothingWhenANodeIsLost() {
    node.put(List.of(one, two, root, TestDag.raw("garbage")));
    node.pin(root.cid(), PinMode.RECURSIVE, List.of());
    node.lose(one.cid());
    assertThat(collected()).hasSize(1);
    node.lose(root.cid());
    assertThatThrownBy(this::collected).hasMessageContaining(root.cid().toString());
    assertThat(node.has(two.cid())).isTrue();
  }

  @Test
  void guardsKeepWhatIsPutUntilTheyClose() {
    node.put(List.of(one));
    try (AddGuard guard = node.guard()) {
      node.put(List.of(one, two));
      assertThat(collected()).isEmpty();
      assertThat(node.openGuards()).isEqualTo(1);
      assertThat(guard).isNotNull();
    }
    assertThat(collected()).hasSize(2);
    assertThat(node.openGuards()).isZero();
  }

  @Test
  void aGuardIsClosedOnce() {
    AddGuard guard = node.guard();
    guard.close();
    assertThatThrownBy(guard::close).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void losesAndCorruptsBlocksWhenTold() {
    node.put(List.of(one, two));
    node.lose(one.cid());
    node.corrupt(two.cid());
    assertThat(node.getLocal(one.cid())).isEmpty();
    assertThat(node.getLocal(two.cid())).isEmpty();
    assertThat(node.has(two.cid())).isTrue();
    node.put(List.of(two));
    assertThat(node.getLocal(two.cid())).contains(two.data());
  }

  @Test
  void getsFromOthersOnlyWhileConnected() {
    other.put(List.of(one));
    assertThat(node.get(one.cid(), Duration.ofSeconds(1))).contains(one.data());
    other.online(false);
    assertThat(node.get(one.cid(), Duration.ofSeconds(1))).isEmpty();
    assertThat(node.swarmPeers()).isEmpty();
    assertThatThrownBy(() -> node.swarmConnect(other.id().addresses().getFirst()))
        .isInstanceOf(IpfsException.class);
  }

  @Test
  void refusesToStoreMoreThanItMay() {
    node.storageMax(4);
    node.put(List.of(one));
    assertThatThrownBy(() -> node.put(List.of(two))).hasMessageContaining("no space");
    assertThat(node.repoStat()).isEqualTo(new RepoStat(3, 4));
  }

  @Test
  void failsEveryCallWhileToldTo() {
    node.failWith("connection refused");
    assertThatThrownBy(node::id).isInstanceOf(IpfsException.class).hasMessage("connection refused");
    node.heal();
    assertThat(node.id().id()).isEqualTo(node.peer());
  }

  @Test
  void resolvesPathsByLinkName() {
    Block inner = TestDag.folder(Map.of("b", one.cid()));
    Block outer = TestDag.folder(Map.of("a", inner.cid()));
    node.put(List.of(inner, outer));
    assertThat(node.resolve("/ipfs/" + outer.cid() + "/a/b")).isEqualTo(one.cid());
    assertThat(node.resolve(outer.cid().toString())).isEqualTo(outer.cid());
    assertThatThrownBy(() -> node.resolve("/ipfs/" + outer.cid() + "/x"))
        .hasMessageContaining("no link named \"x\"");
  }

  @Test
  void identityCidsAreTheirOwnBlocks() {
    byte[] data = "inline".getBytes(StandardCharsets.UTF_8);
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, data));
    assertThat(node.has(cid)).isTrue();
    assertThat(node.getLocal(cid)).contains(data);
    node.put(List.of(new Block(cid, data)));
    assertThat(node.stored()).isEmpty();
  }

  @Test
  void refusesUseAfterClose() {
    node.close();
    assertThatThrownBy(() -> node.has(one.cid())).isInstanceOf(IllegalStateException.class);
    assertThat(network.nodes()).containsExactly(other);
  }

  private List<Cid> collected() {
    List<Cid> removed = new ArrayList<>();
    node.gc(removed::add);
    return removed;
  }
}
