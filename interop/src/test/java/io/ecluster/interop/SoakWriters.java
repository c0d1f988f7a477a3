package io.ecluster.interop;

import io.ecluster.client.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A writer for each peer, at a steady pace; those of peers that are away do nothing. */
final class SoakWriters {
  private final RandomPins pins;
  private final Duration between;

  /** Writers share it; who wants them to rest has it alone. */
  private final ReentrantReadWriteLock writing = new ReentrantReadWriteLock(true);

  private final Set<MixedPeer> away = ConcurrentHashMap.newKeySet();
  private volatile Optional<String> failure = Optional.empty();
  private volatile boolean closed;

  /**
   * @param pace operations a second of each
   */
  SoakWriters(RandomPins pins, double pace) {
    this.pins = pins;
    between = Duration.ofNanos((long) (1e9 / pace));
  }

  void start(List<MixedPeer> peers, Random random) {
    for (MixedPeer peer : peers) {
      Random its = new Random(random.nextLong());
      Thread.ofVirtual().name("writer-" + peer.name()).start(() -> run(its, peer));
    }
  }

  private void run(Random random, MixedPeer peer) {
    long next = System.nanoTime();
    while (!closed) {
      next = Math.max(next + between.toNanos(), System.nanoTime());
      park(next - System.nanoTime());
      writing.readLock().lock();
      try {
        operate(random, peer);
      } finally {
        writing.readLock().unlock();
      }
    }
  }

  private static void park(long nanos) {
    if (nanos > 0) {
      LockSupport.parkNanos(nanos);
    }
  }

  private void operate(Random random, MixedPeer peer) {
    if (closed || away.contains(peer)) {
      return;
    }
    try {
      pins.operate(random, peer);
    } catch (ApiException e) {
      if (!closed && !away.contains(peer)) {
        failure = Optional.of(peer.name() + " does not answer: " + e.getMessage());
      }
    }
  }

  /** Has the writer of a peer do nothing while {@code action} takes the peer away. */
  void without(MixedPeer peer, Runnable action) {
    away.add(peer);
    try {
      action.run();
    } finally {
      away.remove(peer);
    }
  }

  /** Does something while nobody writes. */
  void resting(Runnable action) {
    writing.writeLock().lock();
    try {
      action.run();
    } finally {
      writing.writeLock().unlock();
    }
  }

  /** That a peer was not there although nobody had taken it away. */
  Optional<String> failure() {
    return failure;
  }

  /** Returns when all have ended. */
  void end() {
    closed = true;
    resting(() -> {});
  }
}
