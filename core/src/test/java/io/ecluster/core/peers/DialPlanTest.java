package io.ecluster.core.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.peers.DialPlan.Source;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
    assertThat(plan.add(PEER, Source.TOLD, START)).isTrue();
    assertThat(plan.add(PEER, Source.TOLD, START)).isFalse();
    assertThat(due(START)).containsExactly(PEER);
    assertThat(plan.due(START, peer -> false)).isEmpty();
  }

  @Test
  void pausesDoubleUpToALimit() {
    plan.add(PEER, Source.CONFIGURED, START);
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
  void aConnectionThatLastsForgivesFailures() {
    plan.add(PEER, Source.CONFIGURED, START);
    for (int i = 0; i < 8; i++) {
      plan.failed(PEER, START);
    }
    plan.connected(PEER, START);
    Instant later = START.plus(DialPlan.STABLE);
    plan.connected(PEER, later.minusMillis(1)); // said again while it is connected
    plan.lost(PEER, later);
    assertThat(due(later)).containsExactly(PEER);
    plan.failed(PEER, later);
    assertThat(due(later.plusSeconds(1))).containsExactly(PEER);
  }

  @Test
  void aConnectionThatBreaksSoonCountsAsAFailure() {
    plan.add(PEER, Source.CONFIGURED, START);
    Instant now = START;
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      plan.connected(PEER, now);
      now = now.plusMillis(5);
      plan.lost(PEER, now);
      Instant due = dueTime(now);
      pauses.add(Duration.between(now, due));
      now = due;
    }
    assertThat(pauses.getFirst()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThat(pauses.getLast()).isBetween(Duration.ofMinutes(1), DialPlan.LONGEST_PAUSE);
    long connections = pauses.size();
    Duration all = Duration.between(START, now);
    // What Go grants an address: sixteen at once, and one in five seconds.
    assertThat(connections).isLessThanOrEqualTo(16 + all.toSeconds() / 5);
  }

  private Instant dueTime(Instant from) {
    Instant time = from;
    while (due(time).isEmpty()) {
      time = time.plusMillis(50);
    }
    return time;
  }

  @Test
  void thoseMerelySeenAreTriedRarely() {
    plan.add(PEER, Source.SEEN, START);
    Instant now = START;
    int dials = 0;
    for (; now.isBefore(START.plus(Duration.ofHours(1))); now = now.plusMillis(500)) {
      for (PeerId peer : due(now)) {
        dials++;
        plan.failed(peer, now);
      }
      plan.add(PEER, Source.SEEN, now); // it goes on announcing itself
    }
    assertThat(dials).isBetween(12, 24);
  }

  @Test
  void thoseMerelySeenAreFewAndNotWrittenDown() {
    for (int seed = 1; seed <= DialPlan.MAX_SEEN; seed++) {
      assertThat(plan.add(FakeNetwork.identity(seed).id(), Source.SEEN, START)).isTrue();
    }
    PeerId another = FakeNetwork.identity(DialPlan.MAX_SEEN + 1).id();
    assertThat(plan.add(another, Source.SEEN, START)).isFalse();
    assertThat(plan.source(another)).isEmpty();
    assertThat(plan.worthKeeping()).isEmpty();
    assertThat(plan.add(another, Source.TOLD, START)).isTrue();
    assertThat(plan.worthKeeping()).containsExactly(another);
  }

  @Test
  void aPeerThatWasSeenAndIsToldOfIsDueNow() {
    plan.add(PEER, Source.SEEN, START);
    plan.failed(PEER, START);
    assertThat(due(START)).isEmpty();
    assertThat(plan.add(PEER, Source.TOLD, START)).isTrue();
    assertThat(due(START)).containsExactly(PEER);
    assertThat(plan.add(PEER, Source.SEEN, START)).isFalse();
    assertThat(plan.source(PEER)).contains(Source.TOLD);
  }

  @Test
  void aSignOfLifeMakesItDueNow() {
    plan.add(PEER, Source.TOLD, START);
    plan.failed(PEER, START);
    assertThat(due(START)).isEmpty();
    plan.retrySoon(PEER, START);
    assertThat(due(START)).containsExactly(PEER);
  }

  @Test
  void theNextRoundComesWhenSomebodyIsDue() {
    Duration longest = Duration.ofSeconds(2);
    assertThat(plan.pause(START, peer -> true, longest)).isEqualTo(longest);
    plan.add(PEER, Source.TOLD, START);
    plan.add(OTHER, Source.TOLD, START);
    assertThat(plan.pause(START, peer -> true, longest)).isEqualTo(longest);
    plan.failed(PEER, START);
    Duration pause = plan.pause(START, peer -> true, longest);
    assertThat(due(START.plus(pause).minusMillis(1))).doesNotContain(PEER);
    assertThat(due(START.plus(pause))).contains(PEER);
    assertThat(plan.pause(START, peer -> !peer.equals(PEER), longest)).isEqualTo(longest);
  }

  @Test
  void thoseThatFailedLeastComeFirst() {
    plan.add(PEER, Source.TOLD, START);
    plan.add(OTHER, Source.TOLD, START);
    plan.failed(PEER, START);
    assertThat(due(START.plusSeconds(2))).containsExactly(OTHER, PEER);
  }

  @Test
  void aStrangerIsGivenUpAConfiguredPeerIsNot() {
    plan.add(PEER, Source.CONFIGURED, START);
    plan.add(OTHER, Source.TOLD, START);
    for (int i = 0; i < DialPlan.GIVE_UP_AFTER; i++) {
      plan.failed(PEER, START);
      plan.failed(OTHER, START);
    }
    assertThat(due(START.plus(Duration.ofDays(1)))).containsExactly(PEER);
    assertThat(plan.worthKeeping()).containsExactly(PEER);
  }

  @Test
  void peersAreBounded() {
    for (int seed = 1; seed <= DialPlan.MAX_PEERS; seed++) {
      plan.add(FakeNetwork.identity(seed).id(), Source.TOLD, START);
    }
    assertThat(plan.add(FakeNetwork.identity(0).id(), Source.CONFIGURED, START)).isFalse();
  }
}
