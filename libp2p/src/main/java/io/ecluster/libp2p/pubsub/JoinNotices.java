package io.ecluster.libp2p.pubsub;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners of topics that a peer has joined. Several joins that come while a listener is
 * busy are one notice.
 */
final class JoinNotices implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(JoinNotices.class);

  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<String> pending = new LinkedHashSet<>();
  private final Thread owner = Thread.ofVirtual().name("gossipsub-join-notices").start(this::run);

  void add(Consumer<String> listener) {
    listeners.add(listener);
  }

  /** Never blocks; {@code topics} are topics of ours, so that they are few. */
  void joined(Set<String> topics) {
    if (topics.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      pending.addAll(topics);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        String topic = next();
        listeners.forEach(listener -> tell(listener, topic));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (pending.isEmpty()) {
        changed.await();
      }
      String topic = pending.iterator().next();
      pending.remove(topic);
      return topic;
    } finally {
      lock.unlock();
    }
  }

  private static void tell(Consumer<String> listener, String topic) {
    try {
      listener.accept(topic);
    } catch (RuntimeException e) {
      log.warn("listener for peers that join {} failed", topic, e);
    }
  }

  @Override
  public void close() {
    owner.interrupt();
  }
}
