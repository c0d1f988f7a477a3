package io.ecluster.libp2p;

import io.ecluster.multiformats.PeerId;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of peers. Events of one peer come in order; a listener that blocks on one peer
 * does not delay the others.
 */
final class PeerEvents {
  private static final Logger log = LoggerFactory.getLogger(PeerEvents.class);

  private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();

  /** Peers with a thread that tells of them, and what it has still to tell. */
  private final Map<PeerId, Queue<Consumer<ConnectionListener>>> pending = new HashMap<>();

  void add(ConnectionListener listener) {
    listeners.add(listener);
  }

  void identified(PeerId peer) {
    enqueue(peer, listener -> listener.identified(peer));
  }

  void disconnected(PeerId peer) {
    enqueue(peer, listener -> listener.disconnected(peer));
  }

  private void enqueue(PeerId peer, Consumer<ConnectionListener> event) {
    lock.lock();
    try {
      Queue<Consumer<ConnectionListener>> queue = pending.get(peer);
      if (queue == null) {
        queue = new ArrayDeque<>();
        pending.put(peer, queue);
        Thread.ofVirtual().name("libp2p-events-" + peer).start(() -> drain(peer));
      }
      queue.add(event);
    } finally {
      lock.unlock();
    }
  }

  private void drain(PeerId peer) {
    for (Consumer<ConnectionListener> e = next(peer); e != null; e = next(peer)) {
      for (ConnectionListener listener : listeners) {
        tell(listener, e);
      }
    }
  }

  private static void tell(ConnectionListener listener, Consumer<ConnectionListener> event) {
    try {
      event.accept(listener);
    } catch (RuntimeException e) {
      log.warn("a connection listener failed", e);
    }
  }

  private @Nullable Consumer<ConnectionListener> next(PeerId peer) {
    lock.lock();
    try {
      Queue<Consumer<ConnectionListener>> queue = pending.get(peer);
      Consumer<ConnectionListener> event = queue == null ? null : queue.poll();
      if (event == null) {
        pending.remove(peer);
      }
      return event;
    } finally {
      lock.unlock();
    }
  }
}
