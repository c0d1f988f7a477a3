package io.ecluster.core.peers;

import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whom to dial when. A peer that does not answer is tried again after one second, then two, and so
 * on up to two minutes; one that was never configured and stays away is given up in the end.
 */
final class DialPlan {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  /** About an hour of trying. */
  static final int GIVE_UP_AFTER = 30;

  /** More than any cluster has. */
  static final int MAX_PEERS = 4096;

  private record Entry(boolean permanent, int failures, Instant due) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, Entry> entries = new LinkedHashMap<>();
  private final Random random;

  DialPlan(Random random) {
    this.random = random;
  }

  /** Adds a peer to be dialled now; false if it is there already or there is no room. */
  boolean add(PeerId peer, boolean permanent, Instant now) {
    lock.lock();
    try {
      Entry known = entries.get(peer);
      if (known != null || entries.size() >= MAX_PEERS) {
        return false;
      }
      entries.put(peer, new Entry(permanent, 0, now));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The peers whose time has come, those that failed least first. */
  List<PeerId> due(Instant now, Predicate<PeerId> wanted) {
    lock.lock();
    try {
      List<Map.Entry<PeerId, Entry>> due = new ArrayList<>();
      for (Map.Entry<PeerId, Entry> each : entries.entrySet()) {
        if (!each.getValue().due().isAfter(now) && wanted.test(each.getKey())) {
          due.add(each);
        }
      }
      due.sort(Comparator.comparingInt(each -> each.getValue().failures()));
      return due.stream().<PeerId>map(Map.Entry::getKey).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Until somebody who is not due yet will be, at most {@code longest}. */
  Duration pause(Instant now, Predicate<PeerId> wanted, Duration longest) {
    lock.lock();
    try {
      return entries.entrySet().stream()
          .filter(each -> each.getValue().due().isAfter(now) && wanted.test(each.getKey()))
          .map(each -> Duration.between(now, each.getValue().due()))
          .filter(pause -> pause.compareTo(longest) < 0)
          .min(Comparator.naturalOrder())
          .orElse(longest);
    } finally {
      lock.unlock();
    }
  }

  void succeeded(PeerId peer, Instant now) {
    change(peer, old -> new Entry(old.permanent(), 0, now));
  }

  void failed(PeerId peer, Instant now) {
    change(
        peer,
        old -> {
          int failures = old.failures() + 1;
          boolean hopeless = !old.permanent() && failures >= GIVE_UP_AFTER;
          return hopeless ? null : new Entry(old.permanent(), failures, now.plus(pause(failures)));
        });
  }

  /** Between half and all of the doubled pause, so that peers do not dial in step. */
  private Duration pause(int failures) {
    long longest = LONGEST_PAUSE.toMillis();
    long doubled = Math.min(longest, FIRST_PAUSE.toMillis() << Math.min(failures - 1, 20));
    return Duration.ofMillis(doubled / 2 + random.nextLong(doubled / 2 + 1));
  }

  /** It shows signs of life: try again now. */
  void retrySoon(PeerId peer, Instant now) {
    change(peer, old -> new Entry(old.permanent(), 0, now));
  }

  private interface Change {
    @Nullable Entry apply(Entry old);
  }

  private void change(PeerId peer, Change change) {
    lock.lock();
    try {
      entries.computeIfPresent(peer, (key, old) -> change.apply(old));
    } finally {
      lock.unlock();
    }
  }

  List<PeerId> peers() {
    lock.lock();
    try {
      return List.copyOf(entries.keySet());
    } finally {
      lock.unlock();
    }
  }
}
