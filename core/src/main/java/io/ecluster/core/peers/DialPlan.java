package io.ecluster.core.peers;

import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whom to dial when. A peer that does not answer is tried again after one second, then two, and so
 * on up to a limit, and one that was never configured is given up in the end. A connection that
 * breaks soon counts as a failure, too: a peer that takes us and drops us, as one does that has
 * enough connections, must not be dialled as fast as the network allows.
 */
final class DialPlan {
  static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  /** Whoever is merely seen on the network is probably of another cluster, and stays there. */
  static final Duration LONGEST_PAUSE_SEEN = Duration.ofMinutes(10);

  /** A connection that lasted as long was a good one: longer than Go takes to grant a new one. */
  static final Duration STABLE = Duration.ofSeconds(15);

  /** About an hour of trying; some hours for those merely seen. */
  static final int GIVE_UP_AFTER = 30;

  /** More than any cluster has. */
  static final int MAX_PEERS = 4096;

  /** Of those, merely seen: anybody on the network can make up any number. */
  static final int MAX_SEEN = 256;

  /** Where a peer is known from; the later, the more it is worth. */
  enum Source {
    /** On the local network, by its own word. */
    SEEN,
    /** From a peer of our network, or it is connected. */
    TOLD,
    /** It is looked for as long as we run. */
    CONFIGURED
  }

  /**
   * A peer.
   *
   * @param since when it is connected
   */
  private record Entry(Source source, int failures, Instant due, @Nullable Instant since) {
    Entry dueAt(Instant time, int failed) {
      return new Entry(source, failed, time, null);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, Entry> entries = new LinkedHashMap<>();
  private final Random random;

  DialPlan(Random random) {
    this.random = random;
  }

  /**
   * Adds a peer to be dialled now; false if it is there already or there is no room. One that was
   * merely seen and is now told of counts as new.
   */
  boolean add(PeerId peer, Source source, Instant now) {
    lock.lock();
    try {
      Entry known = entries.get(peer);
      if (known == null) {
        return hasRoom(source) && entries.put(peer, new Entry(source, 0, now, null)) == null;
      }
      if (source.compareTo(known.source()) <= 0) {
        return false;
      }
      boolean asNew = known.source() == Source.SEEN && known.since() == null;
      entries.put(
          peer,
          asNew
              ? new Entry(source, 0, now, null)
              : new Entry(source, known.failures(), known.due(), known.since()));
      return asNew;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(Source source) {
    return entries.size() < MAX_PEERS
        && (source != Source.SEEN
            || entries.values().stream().filter(each -> each.source() == source).count()
                < MAX_SEEN);
  }

  /** Where it is known from; empty if it is not in the plan. */
  Optional<Source> source(PeerId peer) {
    lock.lock();
    try {
      return Optional.ofNullable(entries.get(peer)).map(Entry::source);
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

  /** It has a connection; how often it failed before is forgotten when that has lasted. */
  void connected(PeerId peer, Instant now) {
    change(
        peer,
        old ->
            new Entry(
                old.source(), old.failures(), old.due(), old.since() == null ? now : old.since()));
  }

  /** Its last connection is gone: dialled at once, unless that was short. */
  void lost(PeerId peer, Instant now) {
    change(
        peer,
        old -> {
          boolean shortLived = old.since() != null && now.isBefore(old.since().plus(STABLE));
          return shortLived ? failed(old, now) : old.dueAt(now, 0);
        });
  }

  void failed(PeerId peer, Instant now) {
    change(peer, old -> failed(old, now));
  }

  private @Nullable Entry failed(Entry old, Instant now) {
    int failures = old.failures() + 1;
    boolean hopeless = old.source() != Source.CONFIGURED && failures >= GIVE_UP_AFTER;
    return hopeless ? null : old.dueAt(now.plus(pause(old.source(), failures)), failures);
  }

  /** Between half and all of the doubled pause, so that peers do not dial in step. */
  private Duration pause(Source source, int failures) {
    Duration limit = source == Source.SEEN ? LONGEST_PAUSE_SEEN : LONGEST_PAUSE;
    long doubled = Math.min(limit.toMillis(), FIRST_PAUSE.toMillis() << Math.min(failures - 1, 20));
    return Duration.ofMillis(doubled / 2 + random.nextLong(doubled / 2 + 1));
  }

  /** It shows signs of life: try again now. */
  void retrySoon(PeerId peer, Instant now) {
    change(peer, old -> old.dueAt(now, 0));
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

  /** All but those merely seen. */
  List<PeerId> worthKeeping() {
    lock.lock();
    try {
      return entries.entrySet().stream()
          .filter(each -> each.getValue().source() != Source.SEEN)
          .<PeerId>map(Map.Entry::getKey)
          .toList();
    } finally {
      lock.unlock();
    }
  }
}
