package io.ecluster.core.consensus;

import io.ecluster.core.consensus.Consensus.Listener;
import io.ecluster.core.consensus.Consensus.PinChange;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the listener of changes, one at a time and in the order in which they were made, without
 * holding the replica's lock while the listener works. Whoever made a change returns only when the
 * listener has been told of it; that also bounds the queue.
 */
final class Deliveries {
  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  private final Listener listener;
  private final ConcurrentLinkedQueue<PinChange> queue = new ConcurrentLinkedQueue<>();
  private final ReentrantLock order = new ReentrantLock();
  private final ReentrantLock turn = new ReentrantLock();

  Deliveries(Listener listener) {
    this.listener = listener;
  }

  /** Makes changes to the replica; they are queued in the order in which they are made. */
  List<Replica.Applied> making(Supplier<List<Replica.Applied>> action) {
    order.lock();
    try {
      List<Replica.Applied> made = action.get();
      made.forEach(applied -> queue.addAll(applied.events()));
      return made;
    } finally {
      order.unlock();
    }
  }

  /** Returns when all that was queued before has been told. */
  void deliver() {
    if (turn.isHeldByCurrentThread()) {
      return; // a listener that changes pins: the loop below it goes on with them
    }
    turn.lock();
    try {
      Optional<PinChange> next = Optional.ofNullable(queue.poll());
      while (next.isPresent()) {
        tell(next.get());
        next = Optional.ofNullable(queue.poll());
      }
    } finally {
      turn.unlock();
    }
  }

  private void tell(PinChange change) {
    try {
      switch (change) {
        case PinChange.Put put -> listener.pinned(put.pin());
        case PinChange.Remove remove -> listener.unpinned(remove.cid());
      }
    } catch (RuntimeException e) {
      log.error("a change to the pinset could not be acted upon: {}", change, e);
    }
  }
}
