package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.cid;
import static io.ecluster.core.consensus.TestPins.put;
import static io.ecluster.core.consensus.TestPins.remove;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinProtobuf;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.DagPb;
import io.ecluster.ipld.PbLink;
import io.ecluster.ipld.PbNode;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostileBlocksTest {
  private final Datastore store = new MemoryDatastore();
  private final Replica replica = new Replica(store);

  private static Cid cidOf(byte[] bytes) {
    return CrdtKeys.blockCid(HashFunction.SHA2_256.hash(bytes));
  }

  private static DeltaBlock block(List<Cid> links, long priority, int number, String name) {
    Pin pin = TestPins.pin(number, name);
    Delta.Element element = new Delta.Element(CrdtKeys.pinName(pin.cid()), PinProtobuf.encode(pin));
    return DeltaBlock.of(links, new Delta(List.of(element), List.of(), priority));
  }

  @Test
  void bytesThatAreNotTheBlockAreRefused() {
    DeltaBlock good = block(List.of(), 1, 1, "x");
    byte[] other = block(List.of(), 1, 1, "y").bytes();

    assertThat(replica.accept(good.cid(), other)).isEmpty();
    assertThat(replica.needs(good.cid())).isTrue();
    assertThat(replica.heads()).isEmpty();
  }

  @Test
  void whatIsNoDeltaIsLeftOutAndNotWantedAgain() {
    byte[] garbage = {1, 2, 3};
    DeltaBlock top = block(List.of(cidOf(garbage)), 2, 1, "top");
    replica.accept(top.cid(), top.bytes());
    assertThat(replica.wanted(10, c -> true)).containsExactly(cidOf(garbage));

    assertThat(replica.accept(cidOf(garbage), garbage)).isEmpty();

    assertThat(replica.wanted(10, c -> true)).isEmpty();
    assertThat(replica.isDirty()).isFalse();
    assertThat(replica.heads()).containsExactly(top.cid());
  }

  @Test
  void linksToWhatCannotBeADeltaMakeABlockUseless() {
    byte[] bytes =
        DagPb.encode(
            new PbNode(
                List.of(new PbLink(cid(1), "", 0)), new Delta(List.of(), List.of(), 1).encode()));

    assertThatThrownBy(() -> DeltaBlock.decode(cidOf(bytes), bytes))
        .isInstanceOf(FormatException.class);
    assertThat(replica.accept(cidOf(bytes), bytes)).isEmpty();
  }

  @Test
  void namesThatAreNoPinsArePassedOver() {
    Delta delta =
        new Delta(
            List.of(
                new Delta.Element("", new byte[] {1}),
                new Delta.Element("../../h/X", new byte[] {1}),
                new Delta.Element("A".repeat(100_000), new byte[] {1}),
                new Delta.Element("lower", new byte[] {1})),
            List.of(new Delta.Tombstone(CrdtKeys.pinName(cid(1)), "../x")),
            7);
    DeltaBlock block = DeltaBlock.of(List.of(), delta);

    assertThat(replica.accept(block.cid(), block.bytes()).orElseThrow().events()).isEmpty();
    assertThat(TestPins.names(new CrdtState(store))).isEmpty();
    assertThat(replica.height()).isEqualTo(7);
  }

  @Test
  void valuesThatAreNoPinsAreNotListedAndCanBeReplaced() {
    String name = CrdtKeys.pinName(cid(1));
    Delta delta = new Delta(List.of(new Delta.Element(name, new byte[] {1})), List.of(), 1);
    DeltaBlock block = DeltaBlock.of(List.of(), delta);

    assertThat(replica.accept(block.cid(), block.bytes()).orElseThrow().events()).isEmpty();
    assertThat(new CrdtState(store).get(cid(1))).isEmpty();
    replica.commit(List.of(put(1, "good")));
    assertThat(TestPins.names(new CrdtState(store))).isEqualTo(Map.of(cid(1), "good"));
  }

  @Test
  void anAbsurdPriorityWinsButCanStillBeRemovedAndWrittenOver() {
    DeltaBlock absurd = block(List.of(), -1L, 1, "absurd");
    replica.commit(List.of(put(1, "before")));

    replica.accept(absurd.cid(), absurd.bytes());
    assertThat(TestPins.names(new CrdtState(store))).isEqualTo(Map.of(cid(1), "absurd"));
    assertThat(Long.toUnsignedString(replica.height())).isEqualTo("18446744073709551615");
    replica.commit(List.of(put(2, "later"), remove(1)));
    replica.commit(List.of(put(1, "new")));

    assertThat(TestPins.names(new CrdtState(store)))
        .isEqualTo(Map.of(cid(1), "new", cid(2), "later"));
    assertThat(new Replica(store).height()).isEqualTo(-1L);
  }

  @Test
  void aDeltaThatIsTooLargeIsSplitAndAPinThatIsTooLargeIsRefused() {
    PinOptions large = PinOptions.NONE.withMetadata(Map.of("k", "v".repeat(400_000)));
    List<Consensus.PinChange> changes =
        List.of(
            new Consensus.PinChange.Put(Pin.of(cid(1), large)),
            new Consensus.PinChange.Put(Pin.of(cid(2), large)),
            new Consensus.PinChange.Put(Pin.of(cid(3), large)));
    PinOptions huge = PinOptions.NONE.withMetadata(Map.of("k", "v".repeat(1_100_000)));

    assertThat(replica.commit(changes)).hasSize(2);
    assertThat(TestPins.names(new CrdtState(store))).hasSize(3);
    assertThatThrownBy(
            () -> replica.commit(List.of(new Consensus.PinChange.Put(Pin.of(cid(4), huge)))))
        .isInstanceOf(ConsensusException.class)
        .hasMessageContaining("too large");
  }

  @Test
  void aBlockThatIsTooLargeIsLeftOutAndCounted() {
    Block large = HostileDeltas.large(cid(1), DeltaBlock.MAX_BYTES);

    assertThat(replica.accept(large.cid(), large.data())).isEmpty();

    assertThat(replica.heads()).isEmpty();
    assertThat(replica.refusals().all()).isEqualTo(Map.of(Refusals.Reason.OVERSIZED, 1L));
  }

  @Test
  void nonsenseInADeltaIsCounted() {
    Block block = HostileDeltas.nonsense(cid(1));

    assertThat(replica.accept(block.cid(), block.data()).orElseThrow().events()).isEmpty();

    assertThat(replica.refusals().all()).isEqualTo(Map.of(Refusals.Reason.MALFORMED, 7L));
  }

  @Test
  void moreHeadsThanABlockLinksStayHeads() {
    for (int i = 0; i < Replica.MAX_LINKS + 5; i++) {
      DeltaBlock head = DeltaBlock.of(List.of(), new Delta(List.of(), List.of(), i));
      replica.accept(head.cid(), head.bytes());
    }

    replica.commit(List.of(put(1, "x")));

    assertThat(replica.heads()).hasSize(6);
    assertThat(replica.height()).isEqualTo(Replica.MAX_LINKS + 5);
  }

  @Test
  void aChainOf10000DeltasIsWalkedFromItsTip() {
    MemoryDatastore source = new MemoryDatastore();
    Replica long10k = new Replica(source);
    for (int i = 0; i < 10_000; i++) {
      long10k.commit(List.of(put(i % 50, "v" + i)));
    }
    try (MemoryNetwork net = new MemoryNetwork();
        CrdtPeer a = new CrdtPeer(net, 1, source, CrdtConfig.defaults("deep"));
        CrdtPeer b = new CrdtPeer(net, 2, store, CrdtConfig.defaults("deep"))) {
      Eventually.until(
          "all 10000 came",
          () ->
              b.consensus.heads().equals(a.consensus.heads())
                  && b.told.equals(a.names())
                  && replica.wanted(1, c -> true).isEmpty());
      assertThat(b.names()).isEqualTo(a.names());
    }
  }

  @Test
  void changedBlocksNeverCrash() {
    FrameMutator blocks = FrameMutator.of(Vectors.load("crdt").everyFrame());
    int refused =
        blocks.runBounded(
            20_000, 4 << 20, 1024, bytes -> replica.accept(cidOf(bytes), bytes).isEmpty());
    assertThat(refused).as(blocks::describe).isBetween(5_000, 19_999);
    assertThat(replica.commit(List.of(put(1, "after")))).hasSize(1);
    assertThat(TestPins.names(new CrdtState(store))).containsEntry(cid(1), "after");
  }
}
