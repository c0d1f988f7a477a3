package io.ecluster.core.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.consensus.Timetable.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimetableTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Timetable timetable =
      new Timetable(START, MINUTE, Duration.ofHours(1), new SplittableRandom(1));

  @Test
  void looksForDamageAtTheStartAndThenAtItsInterval() {
    assertThat(timetable.takeDue(START)).containsExactly(Task.REPAIR);
    assertThat(timetable.takeDue(START.plus(Duration.ofMinutes(59)))).doesNotContain(Task.REPAIR);
    assertThat(timetable.takeDue(START.plus(Duration.ofMinutes(60)))).contains(Task.REPAIR);
  }

  @Test
  void rebroadcastsAtTheIntervalGiveOrTake30Percent() {
    timetable.takeDue(START);
    Instant now = START;
    Duration shortest = Duration.ofDays(1);
    Duration longest = Duration.ZERO;
    for (int i = 0; i < 50; i++) {
      Duration wait = timetable.untilNext(now);
      shortest = wait.compareTo(shortest) < 0 ? wait : shortest;
      longest = wait.compareTo(longest) > 0 ? wait : longest;
      now = now.plus(wait);
      timetable.takeDue(now);
    }
    assertThat(shortest).isBetween(Duration.ZERO, Duration.ofSeconds(50));
    assertThat(longest).isBetween(Duration.ofSeconds(65), Duration.ofSeconds(78));
  }

  @Test
  void announcesSoonAndOnceMoreWhenPeersJoin() {
    timetable.takeDue(START);
    timetable.peerJoined(START);
    timetable.peerJoined(START.plusMillis(100));

    assertThat(timetable.untilNext(START)).isEqualTo(Timetable.ANNOUNCE_AFTER);
    assertThat(timetable.takeDue(START.plusMillis(199))).isEmpty();
    assertThat(timetable.takeDue(START.plusMillis(200))).containsExactly(Task.ANNOUNCE);
    assertThat(timetable.takeDue(START.plusMillis(1599))).isEmpty();
    assertThat(timetable.takeDue(START.plusMillis(1600))).containsExactly(Task.ANNOUNCE_AGAIN);
  }

  @Test
  void aClockThatIsSetBackStopsNothing() {
    timetable.takeDue(START);

    assertThat(timetable.takeDue(START.minus(Duration.ofDays(1))))
        .contains(Task.REPAIR, Task.REBROADCAST);
  }
}
