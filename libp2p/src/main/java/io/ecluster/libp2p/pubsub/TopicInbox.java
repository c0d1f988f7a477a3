package io.ecluster.libp2p.pubsub;

import io.ecluster.libp2p.OncePerInterval;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands a topic's messages to its subscriber, one at a time, on a thread of its own. */
final class TopicInbox implements AutoCloseable {
  /** Messages that may wait for a slow subscriber before new ones are lost, as in Go. */
  static final int MAX_MESSAGES = 1_024;

  /** What they may take together. */
  static final long MAX_BYTES = 16L << 20;

  private static final Logger log = LoggerFactory.getLogger(TopicInbox.class);

  final PubSub.Validator accept;
  private final Consumer<PubSub.Message> handler;
  private final Counters counters;
  private final BlockingQueue<PubSub.Message> waiting = new ArrayBlockingQueue<>(MAX_MESSAGES);
  private final AtomicLong bytes = new AtomicLong();
  private final OncePerInterval<String> complaints =
      new OncePerInterval<>(Duration.ofMinutes(1), System::nanoTime);
  private final Thread owner;

  TopicInbox(
      String topic, PubSub.Validator accept, Consumer<PubSub.Message> handler, Counters counters) {
    this.accept = accept;
    this.handler = handler;
    this.counters = counters;
    this.owner = Thread.ofVirtual().name("gossipsub-topic-" + topic).start(this::run);
  }

  /** Never blocks. */
  void deliver(PubSub.Message message) {
    int size = message.data().length;
    if (bytes.addAndGet(size) > MAX_BYTES || !waiting.offer(message)) {
      bytes.addAndGet(-size);
      counters.droppedDeliveries.increment();
      if (complaints.tryPass(message.topic())) {
        log.warn("subscriber of {} is too slow: messages are lost", message.topic());
      }
    } else {
      counters.delivered.increment();
    }
  }

  private void run() {
    try {
      while (true) {
        PubSub.Message message = waiting.take();
        bytes.addAndGet(-message.data().length);
        handle(message);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void handle(PubSub.Message message) {
    try {
      handler.accept(message);
    } catch (RuntimeException e) {
      log.warn("subscriber of {} failed on a message from {}", message.topic(), message.from(), e);
    }
  }

  @Override
  public void close() {
    owner.interrupt();
  }
}
