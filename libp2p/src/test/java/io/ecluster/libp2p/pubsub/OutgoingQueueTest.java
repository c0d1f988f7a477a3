package io.ecluster.libp2p.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.ecluster.libp2p.FakeNetwork;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class OutgoingQueueTest {
  private static final Rpc GOSSIP = Rpc.want(List.of(ByteString.copyFrom(new byte[24])));
  private static final Rpc CONTROL = Rpc.graft(List.of("pins"));

  private final Counters counters = new Counters();
  private final OutgoingQueue queue = new OutgoingQueue(3, counters);

  private static Rpc message(long sequence) {
    return message(sequence, 1);
  }

  private static Rpc message(long sequence, int bytes) {
    return Rpc.messages(
        List.of(SignedMessage.sign(FakeNetwork.identity(1), sequence, "pins", new byte[bytes])));
  }

  @Test
  void framesComeInOrder() throws InterruptedException {
    queue.offer(message(1));
    queue.offer(CONTROL);
    assertThat(queue.take(() -> false)).contains(message(1));
    assertThat(queue.take(() -> false)).contains(CONTROL);
  }

  @Test
  void gossipIsDroppedFirstThenMessages() throws InterruptedException {
    queue.offer(message(1));
    queue.offer(GOSSIP);
    queue.offer(message(2));
    queue.offer(message(3));
    queue.offer(CONTROL);
    queue.offer(GOSSIP);
    assertThat(queue.take(() -> false)).contains(message(2));
    assertThat(queue.take(() -> false)).contains(message(3));
    assertThat(queue.take(() -> false)).contains(CONTROL);
    assertThat(counters.snapshot().droppedFrames()).isEqualTo(3);
  }

  @Test
  void aFullQueueOfMessagesKeepsTheOldOnes() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      queue.offer(message(i));
    }
    assertThat(queue.take(() -> false)).contains(message(0));
  }

  @Test
  void bytesAreBoundedToo() {
    OutgoingQueue wide = new OutgoingQueue(1_000, counters);
    for (int i = 0; i < 20; i++) {
      wide.offer(message(i, 1_000_000));
    }
    assertThat(counters.snapshot().droppedFrames()).isEqualTo(12);
  }

  @Test
  void aClosedQueueGivesNothing() throws InterruptedException {
    queue.offer(CONTROL);
    queue.close();
    queue.offer(CONTROL);
    assertThat(queue.take(() -> false)).isEmpty();
  }

  @Test
  void nobodyWaitsInVain() throws InterruptedException {
    AtomicBoolean broken = new AtomicBoolean();
    Thread other =
        Thread.ofVirtual()
            .start(() -> {
              broken.set(true);
              queue.wake();
            });
    assertThat(queue.take(broken::get)).isEmpty();
    other.join();
    queue.offer(CONTROL);
    assertThat(queue.take(() -> false)).contains(CONTROL);
  }
}
