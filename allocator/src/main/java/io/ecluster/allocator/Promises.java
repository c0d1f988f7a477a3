package io.ecluster.allocator;

import io.ecluster.core.cluster.LivePeer;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was placed on peers so lately that the free space they report may not show it yet. Without
 * it, all groups of a fast add would be placed by one and the same report. Safe for use by many
 * threads.
 */
public final class Promises {
  /** A report is at most 30 seconds old, and shards take some time to arrive. */
  public static final Duration STANDARD_MEMORY = Duration.ofSeconds(60);

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Promise> promises = new ArrayDeque<>();
  private final Map<PeerId, Long> bytes = new HashMap<>();
  private final InstantSource clock;
  private final Duration memory;

  public Promises(InstantSource clock, Duration memory) {
    this.clock = clock;
    this.memory = memory;
  }

  private record Promise(PeerId peer, long bytes, Instant end) {}

  /** Remembers that a peer gets so many bytes. */
  public void add(PeerId peer, long promised) {
    lock.lock();
    try {
      forgetOld();
      promises.add(new Promise(peer, promised, clock.instant().plus(memory)));
      bytes.merge(peer, promised, Long::sum);
    } finally {
      lock.unlock();
    }
  }

  /** Bytes promised to a peer of late. */
  public long of(PeerId peer) {
    lock.lock();
    try {
      forgetOld();
      return bytes.getOrDefault(peer, 0L);
    } finally {
      lock.unlock();
    }
  }

  /** Live peers with what they were promised. */
  public List<Candidate> candidates(Collection<LivePeer> live) {
    return live.stream()
        .map(peer -> new Candidate(peer.peer(), peer.freeBytes(), of(peer.peer()), peer.domains()))
        .toList();
  }

  private void forgetOld() {
    Instant now = clock.instant();
    while (!promises.isEmpty() && !promises.getFirst().end().isAfter(now)) {
      Promise old = promises.removeFirst();
      bytes.compute(
          old.peer(), (_, sum) -> sum == null || sum == old.bytes() ? null : sum - old.bytes());
    }
  }
}
