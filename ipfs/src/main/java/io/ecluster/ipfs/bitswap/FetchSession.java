package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Multihash;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of fetch: where its blocks are left for the calling thread. What can be in the queue is
 * bounded by the number of blocks the call has asked for at a time.
 */
final class FetchSession {
  /** A block, already checked against its hash. */
  record Arrival(Multihash hash, byte[] data) {}

  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();

  void deliver(Multihash hash, byte[] data) {
    arrivals.add(new Arrival(hash, data));
  }

  /** The next block, or null if none came in time. */
  @Nullable Arrival next(Duration timeout) throws InterruptedException {
    return arrivals.poll(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
  }
}
