package io.ecluster.core.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DialPlanTest {
  private static final PeerId PEER = FakeNetwork.identity(1).id();
  private static final PeerId OTHER = FakeNetwork.identity(2).id();
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final DialPlan plan = new DialPlan(new Random(1));

  private List<PeerId> due(Instant now) {
    return plan.due(now, peer -> true);
  }

  @Test
  void aNewPeerIsDueAtOnceAndOnce() {
    assertThat(plan.add(PEER, false, START)).isTrue();
    assertThat(plan.add(PEER, false, START)).isFalse();
    assertThat(due(START)).containsExactly(PEER);
    assertThat(plan.due(START, peer -> false)).isEmpty();
  }

  @Test
  void pausesDoubleUpToALimit() {
    plan.add(PEER, true, START);
    Instant now = START;
    for (int failures = 1; failures < 40; failures++) {
      plan.failed(PEER, now);
      long millis = Math.min(120_000, 1000L << Math.min(failures - 1, 20));
      assertThat(due(now.plusMillis(millis / 2 - 1))).as("failure %s", failures).isEmpty();
      assertThat(due(now.plusMillis(millis))).as("failure %s", failures).containsExactly(PEER);
      now = now.plusMillis(millis);
    }
  }

  @Test
  void successForgivesFailures() {
    plan.add(PEER, true, START);
    for (int i = 0; i < 8; i++) {
      plan.failed(PEER, START);
    }
    plan.succeeded(PEER, START);
    plan.failed(PEER, START);
    assertThat(due(START.plusSeconds(1))).containsExactly(PEER);
  }

  @Test
  void aSignOfLifeMakesItDueNow() {
    plan.add(PEER, false, START);
    plan.failed(PEER, START);
    assertThat(due(START)).isEmpty();
    plan.retrySoon(PEER, START);
    assertThat(due(START)).containsExactly(PEER);
  }

  @Test
  void theNextRoundComesWhenSomebodyIsDue() {
    Duration longest = Duration.ofSeconds(2);
    assertThat(plan.pause(START, peer -> true, longest)).isEqualTo(longest);
    plan.add(PEER, false, START);
    plan.add(OTHER, false, START);
    assertThat(plan.pause(START, peer -> true, longest)).isEqualTo(longest);
    plan.failed(PEER, START);
    Duration pause = plan.pause(START, peer -> true, longest);
    assertThat(due(START.plus(pause).minusMillis(1))).doesNotContain(PEER);
    assertThat(due(START.plus(pause))).contains(PEER);
    assertThat(plan.pause(START, peer -> !peer.equals(PEER), longest)).isEqualTo(longest);
  }

  @Test
  void thoseThatFailedLeastComeFirst() {
    plan.add(PEER, false, START);
    plan.add(OTHER, false, START);
    plan.failed(PEER, START);
    assertThat(due(START.plusSeconds(2))).containsExactly(OTHER, PEER);
  }

  @Test
  void aStrangerIsGivenUpAConfiguredPeerIsNot() {
    plan.add(PEER, true, START);
    plan.add(OTHER, false, START);
    for (int i = 0; i < DialPlan.GIVE_UP_AFTER; i++) {
      plan.failed(PEER, START);
      plan.failed(OTHER, START);
    }
    assertThat(due(START.plus(Duration.ofDays(1)))).containsExactly(PEER);
    assertThat(plan.peers()).containsExactly(PEER);
  }

  @Test
  void peersAreBounded() {
    for (int seed = 1; seed <= DialPlan.MAX_PEERS; seed++) {
      plan.add(FakeNetwork.identity(seed).id(), false, START);
    }
    assertThat(plan.add(FakeNetwork.identity(0).id(), false, START)).isFalse();
  }
}
