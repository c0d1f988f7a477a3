package io.ecluster.libp2p.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.FakeNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicInboxTest {
  private final CountDownLatch mayGoOn = new CountDownLatch(1);
  private final CountDownLatch isAtWork = new CountDownLatch(1);
  private final BlockingQueue<Integer> handled = new LinkedBlockingQueue<>();
  private final Counters counters = new Counters();
  private final TopicInbox inbox = new TopicInbox("topic", _ -> true, this::handle, counters);

  @AfterEach
  void close() {
    inbox.close();
  }

  private void handle(PubSub.Message message) {
    isAtWork.countDown();
    try {
      mayGoOn.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    handled.add(message.data().length);
  }

  private void deliver(int bytes) {
    inbox.deliver(new PubSub.Message(FakeNetwork.identity(1).id(), "topic", new byte[bytes]));
  }

  private void deliverOneThatIsBeingHandled() throws InterruptedException {
    deliver(0);
    assertThat(isAtWork.await(1, TimeUnit.MINUTES)).isTrue();
  }

  private List<Integer> handled(int count) throws InterruptedException {
    mayGoOn.countDown();
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(handled.poll(1, TimeUnit.MINUTES));
    }
    return all;
  }

  @Test
  void whatASlowSubscriberCannotTakeIsLostAndCounted() throws InterruptedException {
    deliverOneThatIsBeingHandled();
    IntStream.rangeClosed(1, TopicInbox.MAX_MESSAGES + 3).forEach(this::deliver);
    assertThat(counters.snapshot().droppedDeliveries()).isEqualTo(3);
    assertThat(handled(TopicInbox.MAX_MESSAGES + 1))
        .isEqualTo(IntStream.rangeClosed(0, TopicInbox.MAX_MESSAGES).boxed().toList());
  }

  @Test
  void waitingMessagesHaveALimitOfBytes() throws InterruptedException {
    deliverOneThatIsBeingHandled();
    int half = (int) (TopicInbox.MAX_BYTES / 2);
    deliver(half);
    deliver(half + 1);
    deliver(half);
    deliver(1);
    assertThat(counters.snapshot().droppedDeliveries()).isEqualTo(2);
    assertThat(handled(3)).containsExactly(0, half, half);
    deliver(half + 2);
    assertThat(handled.poll(1, TimeUnit.MINUTES)).isEqualTo(half + 2);
  }
}
