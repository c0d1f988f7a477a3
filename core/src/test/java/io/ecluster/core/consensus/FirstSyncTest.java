package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.peer;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class FirstSyncTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final FirstSync sync = new FirstSync();
  private final CountDownLatch waiting = new CountDownLatch(1);

  private CompletableFuture<Void> await(Duration limit) {
    return CompletableFuture.runAsync(() ->
        sync.await(
            limit,
            () -> {
              waiting.countDown();
              return List.of(peer(1), peer(2));
            }));
  }

  @Test
  void aLonePeerDoesNotWait() {
    sync.await(LONG, Set::of);
  }

  @Test
  void waitsUntilHeadsHaveCome() throws Exception {
    CompletableFuture<Void> write = await(LONG);
    waiting.await();
    assertThat(write).isNotDone();

    sync.synced();

    write.get(10, TimeUnit.SECONDS);
  }

  @Test
  void waitsUntilAllOthersSaidThatTheyHaveNothing() throws Exception {
    CompletableFuture<Void> write = await(LONG);
    waiting.await();
    sync.hasNothing(peer(1));
    assertThat(write).isNotDone();

    sync.hasNothing(peer(2));

    write.get(10, TimeUnit.SECONDS);
  }

  @Test
  void waitsNoLongerThanTheLimit() throws Exception {
    await(Duration.ofMillis(30)).get(10, TimeUnit.SECONDS);
  }
}
