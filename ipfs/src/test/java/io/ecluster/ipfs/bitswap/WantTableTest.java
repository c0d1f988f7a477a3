package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WantTableTest {
  private static final PeerId A = FakeNetwork.identity(1).id();
  private static final PeerId B = FakeNetwork.identity(2).id();
  private static final PeerId C = FakeNetwork.identity(3).id();

  private record Sent(PeerId to, String what) {}

  private final List<Sent> sent = new ArrayList<>();
  private final List<Cid> questions = new ArrayList<>();
  private final BitswapSettings settings =
      new BitswapSettings(Duration.ofNanos(100), Duration.ofNanos(1_000), Duration.ZERO);
  private final WantTable table = new WantTable(settings, this::note);
  private final FetchSession session = new FetchSession();
  private final Block block = MemoryBlocks.random(1, 1, 5_000).getFirst();
  private final Cid cid = block.cid();

  private void note(PeerId to, Want want) {
    sent.add(new Sent(to, describe(want)));
    if (!want.haveOnly() && !want.cancel()) {
      questions.add(want.cid());
    }
  }

  private static String describe(Want want) {
    return want.cancel() ? "cancel" : want.haveOnly() ? "have?" : "block!";
  }

  private void peers(PeerId... all) {
    for (PeerId peer : all) {
      table.joined(peer, 0);
    }
  }

  private void has(PeerId peer, boolean has, long now) {
    table.present(peer, List.of(new Presence(cid, has)), now);
  }

  private List<String> takeSentTo(PeerId peer) {
    List<String> what = sent.stream().filter(s -> s.to().equals(peer)).map(Sent::what).toList();
    sent.removeIf(s -> s.to().equals(peer));
    return what;
  }

  private void want() {
    table.add(session, List.of(cid), false, 0);
  }

  @Test
  void allAreAskedWhoHasItAndOneWhoDoesIsAskedForIt() throws InterruptedException {
    peers(A, B, C);
    want();
    assertThat(sent).hasSize(3).allMatch(s -> s.what().equals("have?"));
    has(B, true, 1);
    has(C, true, 2);
    assertThat(takeSentTo(B)).containsExactly("have?", "block!");
    assertThat(takeSentTo(C)).containsExactly("have?");
    assertThat(table.arrived(B, cid.hash(), block.data(), 3)).isTrue();
    assertThat(takeSentTo(A)).containsExactly("have?", "cancel");
    assertThat(takeSentTo(B)).containsExactly("cancel");
    FetchSession.Arrival arrival = session.next(Duration.ZERO);
    assertThat(arrival).isNotNull();
    assertThat(table.size()).isZero();
  }

  @Test
  void theOnlyPeerIsAskedForTheBlockAtOnce() {
    peers(A);
    want();
    assertThat(takeSentTo(A)).containsExactly("block!");
  }

  @Test
  void aLoneWantGoesStraightToWhoDeliveredLast() {
    peers(A, B);
    want();
    table.arrived(B, cid.hash(), block.data(), 1);
    sent.clear();
    table.add(session, List.of(MemoryBlocks.random(2, 1, 10).getFirst().cid()), true, 2);
    assertThat(takeSentTo(B)).containsExactly("block!");
    assertThat(takeSentTo(A)).containsExactly("have?");
  }

  /** It may have stopped, without its connection being gone. */
  @Test
  void whoDeliveredLastAndIsSilentNowIsPassedOverSoon() {
    peers(A, B);
    want();
    table.arrived(B, cid.hash(), block.data(), 1);
    List<Cid> others = MemoryBlocks.random(2, 2, 10).stream().map(Block::cid).toList();
    table.add(session, others.subList(0, 1), true, 1_000);
    sent.clear();
    table.tick(1_050); // nobody else is known to have it
    table.present(A, List.of(new Presence(others.getFirst(), true)), 1_051);
    assertThat(sent).isEmpty();
    table.tick(1_052);
    assertThat(takeSentTo(A)).containsExactly("block!");
    table.add(session, others.subList(1, 2), true, 1_053);
    assertThat(sent).hasSize(2).allMatch(s -> s.what().equals("have?"));
  }

  @Test
  void whoDeliveredLastIsGivenTimeWhileItSends() {
    peers(A, B);
    want();
    table.arrived(B, cid.hash(), block.data(), 1);
    Cid other = MemoryBlocks.random(2, 1, 10).getFirst().cid();
    table.add(session, List.of(other), true, 1_000);
    table.present(A, List.of(new Presence(other, true)), 1_001);
    sent.clear();
    table.heard(B, 1_045);
    table.tick(1_050);
    assertThat(sent).isEmpty();
    table.tick(1_056);
    assertThat(takeSentTo(A)).containsExactly("block!");
  }

  @Test
  void anotherHaverIsAskedWhenTheFirstLeaves() {
    peers(A, B);
    want();
    has(A, true, 1);
    has(B, true, 1);
    sent.clear();
    table.left(A, 2);
    assertThat(takeSentTo(B)).containsExactly("block!");
  }

  @Test
  void anotherHaverIsAskedWhenTheFirstLacksItAfterAll() {
    peers(A, B);
    want();
    has(A, true, 1);
    has(B, true, 1);
    sent.clear();
    has(A, false, 2);
    assertThat(takeSentTo(B)).containsExactly("block!");
  }

  @Test
  void aSilentPeerIsPassedOverButOneThatSendsIsNot() {
    peers(A, B);
    want();
    has(A, true, 1);
    has(B, true, 1);
    sent.clear();
    table.heard(A, 90);
    table.tick(150);
    assertThat(takeSentTo(B)).isEmpty();
    table.tick(250);
    assertThat(takeSentTo(B)).containsExactly("block!");
  }

  @Test
  void aPeerThatSendsOnlyOtherThingsIsPassedOverInTheEnd() {
    peers(A, B);
    want();
    has(A, true, 1);
    has(B, true, 1);
    sent.clear();
    for (int now = 50; now < 1_200; now += 50) {
      table.heard(A, now);
      table.tick(now);
    }
    assertThat(takeSentTo(B)).containsExactly("block!");
  }

  @Test
  void theOnlyHaverIsAskedAgain() {
    peers(A, B);
    want();
    has(A, true, 1);
    sent.clear();
    table.tick(500);
    assertThat(takeSentTo(A)).containsExactly("block!");
  }

  @Test
  void whatNobodyHasIsAskedForAgainWithGrowingPauses() {
    peers(A, B);
    want();
    sent.clear();
    List<Integer> times = new ArrayList<>();
    for (int now = 0; now <= 20_000; now += 500) {
      table.tick(now);
      if (!takeSentTo(A).isEmpty()) {
        times.add(now);
      }
    }
    assertThat(times).containsExactly(1_000, 3_000, 7_000, 12_000, 17_000);
  }

  @Test
  void aPeerThatConnectsIsAskedAtOnce() {
    peers(A);
    want();
    peers(B);
    assertThat(takeSentTo(B)).containsExactly("have?");
  }

  @Test
  void loadIsSpreadOverHaversAndBoundedForEach() {
    peers(A, B);
    List<Cid> many = MemoryBlocks.cids(MemoryBlocks.random(3, 500, 10));
    table.add(session, many, false, 0);
    sent.clear();
    table.present(A, many.stream().map(c -> new Presence(c, true)).toList(), 1);
    assertThat(takeSentTo(A)).hasSize(Windows.MAX_PEER_BLOCKS);
    table.present(B, many.stream().map(c -> new Presence(c, true)).toList(), 1);
    assertThat(takeSentTo(B)).hasSize(Windows.MAX_PEER_BLOCKS);
    assertThat(takeSentTo(A)).isEmpty();
  }

  @Test
  void aQuestionThatManyOthersOvertookIsAskedAgain() {
    peers(A);
    List<Block> many = MemoryBlocks.random(4, 400, 10);
    table.add(session, MemoryBlocks.cids(many), false, 0);
    table.present(A, many.stream().map(b -> new Presence(b.cid(), true)).toList(), 1);
    for (int i = 1; i < 200; i++) {
      assertThat(asked(many.getFirst()))
          .as("after %d answers", i)
          .isEqualTo(i <= 2 * Windows.MAX_PEER_BLOCKS + 1 ? 1 : 2);
      table.arrived(A, many.get(i).cid().hash(), many.get(i).data(), 2);
      table.assign(2);
    }
  }

  private long asked(Block what) {
    return questions.stream().filter(what.cid()::equals).count();
  }

  @Test
  void aWantUnderAnotherCidOfTheSameHashIsShared() throws InterruptedException {
    peers(A);
    want();
    FetchSession other = new FetchSession();
    table.add(other, List.of(Cid.v1(Multicodec.DAG_PB, cid.hash())), false, 0);
    assertThat(takeSentTo(A)).hasSize(1);
    table.arrived(A, cid.hash(), block.data(), 1);
    assertThat(session.next(Duration.ZERO)).isNotNull();
    assertThat(other.next(Duration.ZERO)).isNotNull();
  }

  @Test
  void whatTheLastFetchGivesUpIsCancelled() {
    peers(A, B);
    want();
    FetchSession other = new FetchSession();
    table.add(other, List.of(cid), false, 0);
    sent.clear();
    table.remove(session, List.of(cid.hash()), 1);
    assertThat(sent).isEmpty();
    table.remove(other, List.of(cid.hash()), 1);
    assertThat(takeSentTo(A)).containsExactly("cancel");
    assertThat(table.arrived(A, cid.hash(), block.data(), 2)).isFalse();
  }

  @Test
  void strangersAnswersChangeNothing() {
    peers(A, B);
    want();
    sent.clear();
    has(C, true, 1);
    table.tick(50);
    assertThat(sent).isEmpty();
  }
}
