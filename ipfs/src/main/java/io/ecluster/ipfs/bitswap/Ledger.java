package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What one peer wants of us: wants to be answered, and wants for blocks that we lack so far. */
final class Ledger {
  /** Wants of one peer to be answered; more are not taken in. Kubo's limit is 1024. */
  static final int MAX_QUEUED = 4_096;

  /** Wants kept for blocks that may still come; the oldest are forgotten first. */
  static final int MAX_WAITING = 1_024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Cid, Want> queued = new LinkedHashMap<>();
  private final Map<Multihash, Map<Cid, Want>> waiting = new LinkedHashMap<>();
  private boolean serving;

  /** Takes in a message's wants; true if there is something to do and nobody does it. */
  boolean update(Collection<Want> wants, boolean full) {
    lock.lock();
    try {
      if (full) {
        queued.clear();
        waiting.clear();
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
    if (!want.cancel() && queued.size() < MAX_QUEUED) {
      queued.put(want.cid(), want);
    }
  }

  private void forgetWaiting(Cid cid) {
    Map<Cid, Want> same = waiting.get(cid.hash());
    if (same != null && same.remove(cid) != null && same.isEmpty()) {
      waiting.remove(cid.hash());
    }
  }

  /** Blocks have come; true if the peer waits for one and nobody serves it. */
  boolean stored(Collection<Cid> cids) {
    lock.lock();
    try {
      for (Cid cid : cids) {
        Map<Cid, Want> same = waiting.remove(cid.hash());
        if (same != null) {
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
      Iterator<Want> first = queued.values().iterator();
      if (!first.hasNext()) {
        serving = false;
        return null;
      }
      Want want = first.next();
      first.remove();
      return want;
    } finally {
      lock.unlock();
    }
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
        Iterator<Multihash> oldest = waiting.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The peer has gone. */
  void clear() {
    lock.lock();
    try {
      queued.clear();
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return queued.size() + waiting.size();
    } finally {
      lock.unlock();
    }
  }
}
