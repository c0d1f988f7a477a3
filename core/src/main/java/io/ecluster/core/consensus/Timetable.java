package io.ecluster.core.consensus;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** When the CRDT has what to do. Holds no threads and reads no clock. */
final class Timetable {
  /**
   * Long enough for several peers that come at once to be answered once, short enough not to be
   * noticed.
   */
  static final Duration ANNOUNCE_AFTER = Duration.ofMillis(200);

  /** For a newcomer whose mesh or block exchange was not up yet the first time. */
  static final Duration ANNOUNCE_AGAIN_AFTER = Duration.ofMillis(1500);

  private static final double SPREAD = 0.3;

  /** What there is to do. */
  enum Task {
    /** Say which heads we have, because someone came. */
    ANNOUNCE,
    ANNOUNCE_AGAIN,
    /** Announce the heads that nobody announced lately. */
    REBROADCAST,
    REPAIR
  }

  private final Duration rebroadcast;
  private final Duration repair;
  private final RandomGenerator random;
  private final Map<Task, Instant> due = new EnumMap<>(Task.class);

  Timetable(Instant now, Duration rebroadcast, Duration repair, RandomGenerator random) {
    this.rebroadcast = rebroadcast;
    this.repair = repair;
    this.random = random;
    due.put(Task.REPAIR, now);
    due.put(Task.REBROADCAST, now.plus(nextRebroadcast()));
  }

  private Duration nextRebroadcast() {
    double factor = 1 - SPREAD + 2 * SPREAD * random.nextDouble();
    return Duration.ofNanos((long) (rebroadcast.toNanos() * factor));
  }

  /** Somebody came: announce soon, and once more. */
  void peerJoined(Instant now) {
    due.putIfAbsent(Task.ANNOUNCE, now.plus(ANNOUNCE_AFTER));
    due.put(Task.ANNOUNCE_AGAIN, now.plus(ANNOUNCE_AGAIN_AFTER));
  }

  /** Looks for damage at once instead of at its time. */
  void repairNow(Instant now) {
    due.put(Task.REPAIR, now);
  }

  /** What is due, and will be again at its next time. */
  Set<Task> takeDue(Instant now) {
    Set<Task> tasks = EnumSet.noneOf(Task.class);
    due.forEach((task, when) -> {
      if (!when.isAfter(now) || when.isAfter(now.plus(furthest(task)))) {
        tasks.add(task);
      }
    });
    tasks.forEach(due::remove);
    if (tasks.contains(Task.REBROADCAST)) {
      due.put(Task.REBROADCAST, now.plus(nextRebroadcast()));
    }
    if (tasks.contains(Task.REPAIR)) {
      due.put(Task.REPAIR, now.plus(repair));
    }
    return tasks;
  }

  /** No task is ever planned further ahead: one that is was planned by a clock since set back. */
  private Duration furthest(Task task) {
    return switch (task) {
      case ANNOUNCE, ANNOUNCE_AGAIN -> ANNOUNCE_AGAIN_AFTER;
      case REBROADCAST -> rebroadcast.multipliedBy(2);
      case REPAIR -> repair;
    };
  }

  /** How long until something is due. */
  Duration untilNext(Instant now) {
    Collection<Instant> times = due.values();
    Instant next = times.stream().min(Instant::compareTo).orElseThrow();
    return next.isBefore(now) ? Duration.ZERO : Duration.between(now, next);
  }
}
