package io.ecluster.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private Schedule schedule = new Schedule(START, new Random(1));

  @BeforeEach
  void begin() {
    schedule = new Schedule(START, new Random(1));
  }

  @Test
  void questionsBecomeRare() {
    int asked = 0;
    for (int second = 0; second < 600; second++) {
      asked += schedule.takeQuery(START.plusSeconds(second)) ? 1 : 0;
    }
    assertThat(asked).isBetween(14, 16); // 0 1 3 7 15 31, then one a minute
  }

  @Test
  void weTellTwiceUnaskedAndThenNoMore() {
    int told = 0;
    for (int second = 0; second < 600; second++) {
      told += schedule.takeAnswer(START.plusSeconds(second)) ? 1 : 0;
    }
    assertThat(told).isEqualTo(Schedule.ANNOUNCEMENTS);
  }

  @Test
  void aQuestionIsAnsweredWithinMoments() {
    Instant later = announced();
    schedule.asked(later);
    assertThat(schedule.takeAnswer(later)).isFalse();
    assertThat(schedule.takeAnswer(later.plusMillis(120))).isTrue();
  }

  @Test
  void aFloodOfQuestionsGetsOneAnswerASecond() {
    Instant later = announced();
    int answers = 0;
    for (int millis = 0; millis < 10_000; millis++) {
      Instant now = later.plusMillis(millis);
      schedule.asked(now);
      answers += schedule.takeAnswer(now) ? 1 : 0;
    }
    assertThat(answers).isBetween(9, 10);
  }

  @Test
  void thePauseEndsWhenSomethingIsDue() {
    Instant later = announced();
    assertThat(schedule.takeQuery(later)).isTrue();
    Duration pause = schedule.pause(later);
    assertThat(pause).isPositive();
    assertThat(schedule.takeQuery(later.plus(pause))).isTrue();
    schedule.asked(later.plus(pause));
    assertThat(schedule.pause(later.plus(pause))).isLessThan(Duration.ofMillis(121));
  }

  private Instant announced() {
    assertThat(schedule.takeAnswer(START)).isTrue();
    assertThat(schedule.takeAnswer(START.plusSeconds(1))).isTrue();
    return START.plusSeconds(10);
  }
}
