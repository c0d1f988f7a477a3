package io.ecluster.recovery;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Changes of the pinset that may be those of coded pins, for the one who keeps the index. When it
 * does not keep up, it is told to look at the whole pinset instead.
 */
public final class CodedPinNews implements Consensus.Listener {
  private static final int MAX_CHANGED = 10_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition come = lock.newCondition();
  private final Set<Cid> changed = new LinkedHashSet<>();
  private boolean overflowed;

  /**
   * What has changed.
   *
   * @param all whether more has changed than is named
   */
  record Changes(List<Cid> cids, boolean all) {}

  @Override
  public void pinned(Pin pin) {
    if (pin.type() == PinType.META) {
      add(pin.cid());
    }
  }

  @Override
  public void unpinned(Cid cid) {
    add(cid);
  }

  private void add(Cid cid) {
    lock.lock();
    try {
      if (changed.size() < MAX_CHANGED) {
        changed.add(cid);
      } else {
        overflowed = true;
      }
      come.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What has changed since the last call; nothing when nothing does for so long. */
  Changes take(Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (changed.isEmpty() && !overflowed && left > 0) {
        left = come.awaitNanos(left);
      }
      Changes changes = new Changes(new ArrayList<>(changed), overflowed);
      changed.clear();
      overflowed = false;
      return changes;
    } finally {
      lock.unlock();
    }
  }
}
