package io.ecluster.libp2p.mdns;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/**
 * When to ask and when to answer. Questions come at once and then ever more rarely; answers wait a
 * moment, so that those of many peers do not collide, and one answer serves all who asked
 * meanwhile. Whoever floods us with questions gets one answer a second.
 */
final class Schedule {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  /** Go's peers ask as often. */
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  static final Duration BETWEEN_ANSWERS = Duration.ofSeconds(1);

  /** Told unasked when we start, as the standard has it: one packet may be lost. */
  static final int ANNOUNCEMENTS = 2;

  private static final Duration LEAST_DELAY = Duration.ofMillis(20);
  private static final int MORE_DELAY_MILLIS = 100;

  private final Random random;
  private Instant nextQuery;
  private Duration pause = FIRST_PAUSE;
  private Instant nextAnswer;
  private Instant lastAnswer = Instant.MIN;
  private int announcementsLeft = ANNOUNCEMENTS;

  Schedule(Instant now, Random random) {
    this.random = random;
    this.nextQuery = now;
    this.nextAnswer = now;
  }

  /** Somebody asks for us. */
  void asked(Instant now) {
    Instant soon = now.plus(LEAST_DELAY).plusMillis(random.nextInt(MORE_DELAY_MILLIS));
    Instant allowed = lastAnswer.equals(Instant.MIN) ? soon : lastAnswer.plus(BETWEEN_ANSWERS);
    Instant wanted = soon.isAfter(allowed) ? soon : allowed;
    nextAnswer = wanted.isBefore(nextAnswer) ? wanted : nextAnswer;
  }

  /** Whether a question is due; then it counts as asked. */
  boolean takeQuery(Instant now) {
    if (now.isBefore(nextQuery)) {
      return false;
    }
    nextQuery = now.plus(pause);
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
    return true;
  }

  /** Whether an answer is due; then it counts as given. */
  boolean takeAnswer(Instant now) {
    if (now.isBefore(nextAnswer)) {
      return false;
    }
    lastAnswer = now;
    announcementsLeft = Math.max(0, announcementsLeft - 1);
    nextAnswer = announcementsLeft > 0 ? now.plus(BETWEEN_ANSWERS) : Instant.MAX;
    return true;
  }

  /** Until something is due. */
  Duration pause(Instant now) {
    Instant next = nextAnswer.isBefore(nextQuery) ? nextAnswer : nextQuery;
    return next.isAfter(now) ? Duration.between(now, next) : Duration.ZERO;
  }
}
