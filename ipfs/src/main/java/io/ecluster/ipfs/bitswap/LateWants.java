package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Wants of one peer for blocks that another has: answered here only when they are still wanted
 * after a while. A peer that has nobody else to ask would wait so for every block. So the while
 * becomes shorter with each want that was left to us, and is the full one again as soon as the peer
 * gets a block elsewhere. Guarded by its ledger's lock.
 */
final class LateWants {
  /** Enough for a holder that is near to answer, and not much to wait for one that does not. */
  static final Duration PATIENCE = Duration.ofMillis(500);

  /** Below this there is no waiting. */
  private static final long LEAST_NANOS = PATIENCE.toNanos() / 8;

  /** After this long the peer may have found others to ask. */
  private static final Duration MEMORY = Duration.ofSeconds(30);

  private final Map<Cid, Long> dueNanos = new LinkedHashMap<>();
  private long patienceNanos = PATIENCE.toNanos();
  private long learnedNanos;

  /** How long a want that comes now has to wait. */
  long patienceNanos(long now) {
    if (now - learnedNanos > MEMORY.toNanos()) {
      patienceNanos = PATIENCE.toNanos();
    }
    return patienceNanos < LEAST_NANOS ? 0 : patienceNanos;
  }

  void add(Cid cid, long now) {
    dueNanos.put(cid, now + patienceNanos(now));
  }

  /** It is no longer wanted, or answered in another way. */
  boolean remove(Cid cid) {
    return dueNanos.remove(cid) != null;
  }

  /** The peer no longer wants it: it has got it, and not from us. */
  void cancelled(Cid cid) {
    if (remove(cid)) {
      patienceNanos = PATIENCE.toNanos();
    }
  }

  /** Those that have waited long enough; they are forgotten here. */
  List<Cid> due(long now) {
    List<Cid> due = new ArrayList<>();
    for (Iterator<Map.Entry<Cid, Long>> all = dueNanos.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Cid, Long> want = all.next();
      if (now - want.getValue() >= 0) {
        due.add(want.getKey());
        all.remove();
        patienceNanos /= 2;
        learnedNanos = now;
      }
    }
    return due;
  }

  void clear() {
    dueNanos.clear();
  }
}
