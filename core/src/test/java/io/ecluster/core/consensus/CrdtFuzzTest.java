package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.cid;
import static io.ecluster.core.consensus.TestPins.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Refusals.Reason;
import io.ecluster.libp2p.ThreadDeaths;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Announcements and blocks of Go's CRDT, changed, to a whole peer; and others of ill will. */
@Timeout(120)
class CrdtFuzzTest {
  private static final int MESSAGES = 5_000;
  private static final CrdtConfig CONFIG =
      CrdtConfig.defaults("fuzz").withWaits(Duration.ofMillis(10), Duration.ofMillis(200));
  private static final PeerId ATTACKER = TestPins.peer(9);

  private final MemoryNetwork network = new MemoryNetwork();
  private final Map<Cid, byte[]> given = new ConcurrentHashMap<>();
  private final MemoryNetwork.Member attacker = network.join(ATTACKER, new GivenBlocks(given));
  private final CrdtPeer peer = new CrdtPeer(network, 1, new MemoryDatastore(), CONFIG);
  private final CrdtPeer friend = new CrdtPeer(network, 2, new MemoryDatastore(), CONFIG);

  @AfterEach
  void close() {
    peer.close();
    friend.close();
    network.close();
  }

  private void announce(Block block) {
    given.put(block.cid(), block.data());
    attacker.publish(CONFIG.topic(), HostileDeltas.heads(block));
  }

  private long refused(Reason reason) {
    return peer.consensus.refusals().of(reason);
  }

  private void assertWorks(String what) {
    friend.consensus.commit(List.of(put(1000, "by the friend")));
    peer.consensus.commit(List.of(put(1001, "by the peer")));
    Eventually.until(
        what,
        () ->
            "by the friend".equals(peer.names().get(cid(1000)))
                && "by the peer".equals(friend.names().get(cid(1001))));
  }

  @Test
  void changedAnnouncementsAndBlocksAreSurvived() {
    FrameMutator frames = FrameMutator.of(Vectors.load("crdt").everyFrame());
    try (ThreadDeaths deaths = new ThreadDeaths()) {
      for (int i = 0; i < MESSAGES; i++) {
        byte[] bytes = frames.next();
        attacker.publish(CONFIG.topic(), bytes);
        announce(new Block(CrdtKeys.blockCid(HashFunction.SHA2_256.hash(bytes)), bytes));
      }
      Eventually.until(
          "most are refused; " + frames.describe(), () -> refused(Reason.MALFORMED) > MESSAGES);
      assertWorks(frames.describe());
      deaths.assertNone();
    }
  }

  @Test
  void blocksThatAreOtherThanTheirNamesAreRefused() {
    Block good = HostileDeltas.pinning(TestPins.pin(1, "evil"));
    given.put(good.cid(), HostileDeltas.highest().data());
    attacker.publish(CONFIG.topic(), HostileDeltas.heads(good));
    Eventually.until("it is counted", () -> refused(Reason.MALFORMED) == 1);
    assertThat(peer.names()).isEmpty();
    assertWorks("it goes on");
  }

  @Test
  void announcedBlocksThatNobodyHasAreCounted() {
    attacker.publish(CONFIG.topic(), HostileDeltas.heads(HostileDeltas.garbage("not given")));
    Eventually.until("it is counted", () -> refused(Reason.MISSING) == 1);
    assertWorks("it goes on");
  }

  @Test
  void aBlockOnTopOfVeryManyThatNobodyHasIsSurvived() {
    announce(HostileDeltas.onTopOfNothing(20_000));
    Eventually.until("they are looked for", () -> refused(Reason.MISSING) > 1_000);
    assertWorks("it goes on");
    assertThat(peer.consensus.progress().fetching())
        .isLessThanOrEqualTo(DeltaFetcher.MAX_QUEUED + CONFIG.workers());
  }

  @Test
  void thoseWhoAreNotTrustedAreCountedAndNotHeard() {
    CrdtConfig wary = CONFIG.withTrusted(false, Set.of(friend.id));
    try (CrdtPeer third = new CrdtPeer(network, 3, new MemoryDatastore(), wary)) {
      announce(HostileDeltas.pinning(TestPins.pin(1, "evil")));
      Eventually.until("it is counted", () -> third.consensus.refusals().of(Reason.UNTRUSTED) == 1);
      assertThat(third.names()).isEmpty();
    }
  }
}
