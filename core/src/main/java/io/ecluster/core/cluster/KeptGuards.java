package io.ecluster.core.cluster;

import io.ecluster.ipfs.IpfsNode.AddGuard;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The guards of streams whose end has come, found by their sender and last block.
 *
 * <p>Streams of one sender may end with the same block. Then the guard that was opened last is let
 * go of first: a guard takes in all that is put while it is open, so that those opened before cover
 * the blocks of all these streams.
 */
final class KeptGuards {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, List<Kept>> kept = new HashMap<>();
  private long lastNumber;

  private record Key(PeerId sender, Cid last) {}

  /** One guard; closing it again does nothing. */
  final class Kept implements AutoCloseable {
    private final AddGuard guard;
    private final long number;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Future<?> timer;

    private Kept(AddGuard guard, long number) {
      this.guard = guard;
      this.number = number;
    }

    /** What closes it when its time is over, and is not needed once it is closed. */
    void endsBy(Future<?> task) {
      timer = task;
      if (closed.get()) {
        task.cancel(true);
      }
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        forget(this);
        guard.close();
        Future<?> task = timer;
        if (task != null) {
          task.cancel(true);
        }
      }
    }
  }

  /** A stream begins. */
  Kept open(AddGuard guard) {
    lock.lock();
    try {
      return new Kept(guard, ++lastNumber);
    } finally {
      lock.unlock();
    }
  }

  /** The stream has ended with this block. */
  void ended(Kept guard, PeerId sender, Cid last) {
    lock.lock();
    try {
      kept.computeIfAbsent(new Key(sender, last), _ -> new ArrayList<>()).add(guard);
    } finally {
      lock.unlock();
    }
  }

  /** Closes the guard of a stream of this sender that ended with this block, if there is one. */
  void letGo(PeerId sender, Cid last) {
    lastOpened(new Key(sender, last)).ifPresent(Kept::close);
  }

  private Optional<Kept> lastOpened(Key key) {
    lock.lock();
    try {
      return kept.getOrDefault(key, List.of()).stream()
          .max(Comparator.comparingLong(guard -> guard.number));
    } finally {
      lock.unlock();
    }
  }

  private void forget(Kept guard) {
    lock.lock();
    try {
      kept.values().removeIf(guards -> guards.remove(guard) && guards.isEmpty());
    } finally {
      lock.unlock();
    }
  }
}
