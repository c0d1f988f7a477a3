package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What one peer wants of us: wants to be answered, wants for blocks that have to be obtained first,
 * and wants for blocks that we lack so far.
 */
final class Ledger {
  /** Wants of one peer to be answered; more are not taken in. Kubo's limit is 1024. */
  static final int MAX_QUEUED = 4_096;

  /** Wants kept for blocks that may still come; the oldest are forgotten first. */
  static final int MAX_WAITING = 1_024;

  /** Blocks obtained at a time for one peer. */
  static final int MAX_OBTAINING = 8;

  /**
   * A want that could not be answered just now is looked at again after this long. Clients do not
   * repeat wants that they have sent, or do so after half a minute.
   */
  static final Duration RETRY = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Cid, Want> queued = new LinkedHashMap<>();
  private final Map<Multihash, Map<Cid, Want>> waiting = new LinkedHashMap<>();
  private final LateWants late = new LateWants();
  private final LinkedHashMap<Cid, Long> retryNanos = new LinkedHashMap<>();
  private final Map<Cid, Want> toObtain = new LinkedHashMap<>();
  private final Map<Cid, Want> obtaining = new HashMap<>();
  private boolean serving;
  private int obtainers;

  /** Takes in a message's wants; true if there is something to do and nobody does it. */
  boolean update(Collection<Want> wants, boolean full) {
    lock.lock();
    try {
      if (full) {
        forgetAll();
      }
      wants.forEach(this::update);
      return beginServing();
    } finally {
      lock.unlock();
    }
  }

  private void update(Want want) {
    queued.remove(want.cid());
    forgetWaiting(want.cid());
    retryNanos.remove(want.cid());
    if (want.cancel()) {
      late.cancelled(want.cid());
      toObtain.remove(want.cid());
      obtaining.remove(want.cid());
    } else {
      late.remove(want.cid());
      enqueue(want);
    }
  }

  private void enqueue(Want want) {
    Want underWay = obtaining.get(want.cid());
    if (underWay == null || (underWay.haveOnly() && !want.haveOnly())) {
      toObtain.remove(want.cid());
      if (queued.size() < MAX_QUEUED) {
        queued.put(want.cid(), want);
      }
    }
  }

  private Optional<Want> forgetWaiting(Cid cid) {
    Map<Cid, Want> same = waiting.getOrDefault(cid.hash(), Map.of());
    Optional<Want> want = Optional.ofNullable(same.get(cid));
    if (want.isPresent()) {
      same.remove(cid);
      if (same.isEmpty()) {
        waiting.remove(cid.hash());
      }
    }
    return want;
  }

  /** Blocks have come; true if the peer waits for one and nobody serves it. */
  boolean stored(Collection<Cid> cids) {
    lock.lock();
    try {
      for (Cid cid : cids) {
        Map<Cid, Want> same = waiting.remove(cid.hash());
        if (same != null) {
          same.keySet().forEach(this::forgetTimes);
          queued.putAll(same);
        }
      }
      return beginServing();
    } finally {
      lock.unlock();
    }
  }

  private boolean beginServing() {
    boolean begin = !serving && !queued.isEmpty();
    serving |= begin;
    return begin;
  }

  /** The next want; null when there is none, which ends the serving. */
  @Nullable Want next() {
    lock.lock();
    try {
      Want want = first(queued);
      serving = want != null;
      return want;
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable Want first(Map<Cid, Want> wants) {
    Iterator<Want> first = wants.values().iterator();
    if (!first.hasNext()) {
      return null;
    }
    Want want = first.next();
    first.remove();
    return want;
  }

  boolean hasNext() {
    lock.lock();
    try {
      return !queued.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps a want for a block that we lack. */
  void keep(Want want) {
    lock.lock();
    try {
      waiting.computeIfAbsent(want.cid().hash(), _ -> new LinkedHashMap<>()).put(want.cid(), want);
      if (waiting.size() > MAX_WAITING) {
        Iterator<Map<Cid, Want>> oldest = waiting.values().iterator();
        oldest.next().keySet().forEach(this::forgetTimes);
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private void forgetTimes(Cid cid) {
    late.remove(cid);
    retryNanos.remove(cid);
  }

  /** Keeps a want that could not be answered just now; it is queued again after a while. */
  void keepForRetry(Want want, long now) {
    lock.lock();
    try {
      keep(want);
      retryNanos.putLast(want.cid(), now + RETRY.toNanos());
    } finally {
      lock.unlock();
    }
  }

  /** Queues wants whose time for another try has come; true if nobody serves them. */
  boolean retry(long now) {
    lock.lock();
    try {
      Iterator<Map.Entry<Cid, Long>> first = retryNanos.entrySet().iterator();
      while (first.hasNext()) {
        Map.Entry<Cid, Long> due = first.next();
        if (now - due.getValue() < 0) {
          break;
        }
        first.remove();
        forgetWaiting(due.getKey()).ifPresent(this::enqueue);
      }
      return beginServing();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps a want for a block that the peer had better get elsewhere.
   *
   * @return false if this peer gets nothing elsewhere: then the want is to be answered now
   */
  boolean keepLate(Want want, long now) {
    lock.lock();
    try {
      if (late.patienceNanos(now) == 0) {
        return false;
      }
      keep(want);
      late.add(want.cid(), now);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Has wants obtained that have waited long enough; how many threads are to begin with it. */
  int takeDue(long now) {
    lock.lock();
    try {
      int begin = 0;
      for (Cid cid : late.due(now)) {
        begin += forgetWaiting(cid).map(this::obtain).orElse(false) ? 1 : 0;
      }
      return begin;
    } finally {
      lock.unlock();
    }
  }

  /** Has a block obtained; true if a thread is to begin with it. */
  boolean obtain(Want want) {
    lock.lock();
    try {
      if (toObtain.size() < MAX_QUEUED) {
        toObtain.put(want.cid(), want);
      }
      boolean begin = obtainers < MAX_OBTAINING && obtainers < toObtain.size() + obtaining.size();
      obtainers += begin ? 1 : 0;
      return begin;
    } finally {
      lock.unlock();
    }
  }

  /** The next want to obtain a block for; null when there is none, which ends the thread. */
  @Nullable Want nextToObtain() {
    lock.lock();
    try {
      Want want = first(toObtain);
      if (want == null) {
        obtainers--;
      } else {
        obtaining.put(want.cid(), want);
      }
      return want;
    } finally {
      lock.unlock();
    }
  }

  /** The block of a want was obtained, or not; whether the peer still wants it. */
  boolean obtained(Want want) {
    lock.lock();
    try {
      return obtaining.remove(want.cid(), want);
    } finally {
      lock.unlock();
    }
  }

  /** The peer has gone. */
  void clear() {
    lock.lock();
    try {
      forgetAll();
    } finally {
      lock.unlock();
    }
  }

  private void forgetAll() {
    queued.clear();
    waiting.clear();
    late.clear();
    retryNanos.clear();
    toObtain.clear();
    obtaining.clear();
  }

  int size() {
    lock.lock();
    try {
      return queued.size() + waiting.size() + toObtain.size() + obtaining.size();
    } finally {
      lock.unlock();
    }
  }
}
