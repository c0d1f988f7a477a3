package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.multiformats.Cid;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger();
  private final List<Cid> cids = MemoryBlocks.cids(MemoryBlocks.random(1, 3, 10));

  private static List<Want> wants(List<Cid> cids) {
    return cids.stream().map(cid -> Want.block(cid, 1)).toList();
  }

  @Test
  void onlyOneBeginsToServe() {
    assertThat(ledger.update(wants(cids.subList(0, 1)), false)).isTrue();
    assertThat(ledger.update(wants(cids.subList(1, 2)), false)).isFalse();
    assertThat(ledger.next()).isNotNull();
    assertThat(ledger.next()).isNotNull();
    assertThat(ledger.next()).isNull();
    assertThat(ledger.update(wants(cids.subList(2, 3)), false)).isTrue();
  }

  @Test
  void aCancelTakesAWantBackAndAFullListReplacesAll() {
    ledger.update(wants(cids), false);
    ledger.update(List.of(Want.cancel(cids.get(0))), false);
    assertThat(ledger.size()).isEqualTo(2);
    ledger.update(wants(cids.subList(0, 1)), true);
    assertThat(ledger.next()).isEqualTo(Want.block(cids.get(0), 1));
    assertThat(ledger.next()).isNull();
  }

  @Test
  void aWantInVainIsAnsweredWhenItsBlockComes() {
    ledger.update(wants(cids), false);
    Want want = Objects.requireNonNull(ledger.next());
    ledger.keep(want);
    while (ledger.next() != null) {
      assertThat(ledger.hasNext()).isIn(true, false);
    }
    assertThat(ledger.stored(List.of(cids.get(1)))).isFalse();
    assertThat(ledger.stored(List.of(want.cid().rawAlias()))).isTrue();
    assertThat(ledger.next()).isEqualTo(want);
  }

  @Test
  void aGreedyPeerIsBounded() {
    List<Cid> many = MemoryBlocks.cids(MemoryBlocks.random(2, 6_000, 4));
    ledger.update(wants(many), false);
    assertThat(ledger.size()).isEqualTo(Ledger.MAX_QUEUED);
    ledger.clear();
    wants(many).forEach(ledger::keep);
    assertThat(ledger.size()).isEqualTo(Ledger.MAX_WAITING);
  }

  @Test
  void lateWantsAndWantsToObtainAreBoundedToo() {
    List<Cid> many = MemoryBlocks.cids(MemoryBlocks.random(3, 6_000, 4));
    wants(many).forEach(want -> ledger.keepLate(want, 0));
    assertThat(ledger.size()).isEqualTo(Ledger.MAX_WAITING);
    int threads = ledger.takeDue(LateWants.PATIENCE.toNanos());
    assertThat(threads).isEqualTo(Ledger.MAX_OBTAINING);
    assertThat(ledger.size()).isEqualTo(Ledger.MAX_WAITING);
    wants(many).forEach(ledger::obtain);
    assertThat(ledger.size()).isEqualTo(Ledger.MAX_QUEUED);
  }

  @Test
  void aLateWantThatIsCancelledIsNotObtained() {
    wants(cids).forEach(want -> ledger.keepLate(want, 0));
    ledger.update(List.of(Want.cancel(cids.get(1))), false);
    ledger.stored(List.of(cids.get(2)));
    assertThat(ledger.next()).isEqualTo(Want.block(cids.get(2), 1));
    assertThat(ledger.takeDue(LateWants.PATIENCE.toNanos())).isEqualTo(1);
    assertThat(ledger.nextToObtain()).isEqualTo(Want.block(cids.get(0), 1));
    assertThat(ledger.nextToObtain()).isNull();
  }

  @Test
  void aWantIsObtainedOnceThoughItIsRepeated() {
    Want want = Want.block(cids.getFirst(), 1);
    assertThat(ledger.obtain(want)).isTrue();
    assertThat(ledger.nextToObtain()).isEqualTo(want);
    assertThat(ledger.update(List.of(want), false)).isFalse();
    assertThat(ledger.obtained(want)).isTrue();
    assertThat(ledger.nextToObtain()).isNull();
  }
}
