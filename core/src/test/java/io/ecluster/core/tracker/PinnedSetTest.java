package io.ecluster.core.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinnedSetTest {
  private static final int PINS = 3000; // more than its first capacity, twice

  @Test
  void knowsEachPinAndItsMode() {
    FakeIpfsNode node = new FakeIpfsNode();
    for (int i = 0; i < PINS; i++) {
      Block block = TestDag.raw("pin " + i);
      node.put(List.of(block));
      node.pin(block.cid(), i % 2 == 0 ? PinMode.DIRECT : PinMode.RECURSIVE, List.of());
    }
    PinnedSet set = PinnedSet.of(node);
    for (int i = 0; i < PINS; i++) {
      Block block = TestDag.raw("pin " + i);
      assertThat(set.contains(block.cid(), PinMode.DIRECT)).isEqualTo(i % 2 == 0);
      assertThat(set.contains(block.cid(), PinMode.RECURSIVE)).isEqualTo(i % 2 == 1);
      assertThat(set.contains(TestDag.raw("other " + i).cid(), PinMode.DIRECT)).isFalse();
    }
  }
}
