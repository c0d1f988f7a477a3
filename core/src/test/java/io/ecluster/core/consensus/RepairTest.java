package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.put;
import static io.ecluster.core.consensus.TestPins.remove;
import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.Datastore.Change;
import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.multiformats.Cid;
import java.util.List;
import org.junit.jupiter.api.Test;

class RepairTest {
  private final Datastore store = new MemoryDatastore();
  private final Datastore otherStore = new MemoryDatastore();
  private final Replica replica = new Replica(store);
  private final Replica other = new Replica(otherStore);

  private void copy(Cid cid) {
    replica.accept(cid, new CrdtBlocks(otherStore).get(cid).orElseThrow());
  }

  @Test
  void aBlockThatNobodyGivesMakesDirtyUntilItComes() {
    Cid first = other.commit(List.of(put(1, "a"))).getFirst().cid();
    Cid second = other.commit(List.of(put(2, "b"))).getFirst().cid();
    copy(second);

    replica.unavailable(first);
    replica.unavailable(first);

    assertThat(replica.isDirty()).isTrue();
    assertThat(new Replica(store).isDirty()).isTrue();
    assertThat(store.has(CrdtKeys.dirty())).isTrue();
    assertThat(replica.wanted(10, cid -> true)).isEmpty();
    replica.retryStuck(10);
    assertThat(replica.isDirty()).isFalse();
    assertThat(replica.wanted(10, cid -> true)).containsExactly(first);
    replica.unavailable(first);
    copy(first);
    assertThat(replica.isDirty()).isFalse();
    assertThat(store.has(CrdtKeys.dirty())).isFalse();
    assertThat(replica.heads()).containsExactly(second);
    assertThat(TestPins.names(new CrdtState(store)))
        .isEqualTo(TestPins.names(new CrdtState(otherStore)));
  }

  @Test
  void aHeadThatNobodyGivesIsForgotten() {
    replica.unavailable(other.commit(List.of(put(1, "a"))).getFirst().cid());

    assertThat(replica.isDirty()).isFalse();
  }

  @Test
  void theFrontierSurvivesARestart() {
    Cid first = other.commit(List.of(put(1, "a"))).getFirst().cid();
    copy(other.commit(List.of(put(2, "b"))).getFirst().cid());

    assertThat(new Replica(store).wanted(10, cid -> true)).containsExactly(first);
  }

  @Test
  void lostAndDamagedBlocksAreFoundAndFetchedAgain() {
    Cid low = other.commit(List.of(put(1, "low"))).getFirst().cid();
    Cid high = other.commit(List.of(put(1, "high"))).getFirst().cid();
    Cid top = other.commit(List.of(put(1, "top"))).getFirst().cid();
    List.of(top, high, low).forEach(this::copy);
    store.write(
        List.of(
            new Change.Delete(CrdtKeys.block(high)),
            new Change.Put(CrdtKeys.block(low), new byte[] {1})));
    Cid remover = removeTop(top);

    copy(remover);
    assertThat(replica.isDamaged()).isTrue();
    assertThat(new Replica(store).isDamaged()).isTrue();
    replica.repair();

    assertThat(replica.wanted(10, cid -> true)).containsExactlyInAnyOrder(low, high);
    assertThat(replica.isDirty()).isFalse();
    copy(low);
    copy(high);
    assertThat(TestPins.names(new CrdtState(store))).containsValue("high");
    assertThat(replica.heads()).containsExactly(remover);
  }

  /** A delta that removes only the newest instance. */
  private Cid removeTop(Cid top) {
    String pin = CrdtKeys.pinName(TestPins.cid(1));
    Delta delta =
        new Delta(List.of(), List.of(new Delta.Tombstone(pin, CrdtKeys.blockName(top))), 4);
    DeltaBlock block = DeltaBlock.of(List.of(top), delta);
    other.accept(block.cid(), block.bytes());
    return block.cid();
  }

  @Test
  void repairingWhatIsWholeChangesNothing() {
    replica.commit(List.of(put(1, "a")));
    replica.commit(List.of(put(2, "b"), remove(1)));
    List<Cid> heads = replica.heads();

    replica.repair();

    assertThat(replica.heads()).isEqualTo(heads);
    assertThat(replica.wanted(10, cid -> true)).isEmpty();
    assertThat(replica.isDirty()).isFalse();
  }
}
