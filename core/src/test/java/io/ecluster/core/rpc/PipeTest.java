package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.rpc.RpcException.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PipeTest {
  private static final Duration SHORT = Duration.ofMillis(20);
  private final Pipe<String> pipe = new Pipe<>(10);

  @Test
  void givesWhatWasPutInOrderAndThenItsEnd() throws Exception {
    assertThat(pipe.put("a", 1, SHORT)).isTrue();
    assertThat(pipe.put("b", 1, SHORT)).isTrue();
    pipe.end();
    assertThat(pipe.take(SHORT)).isEqualTo("a");
    assertThat(pipe.take(SHORT)).isEqualTo("b");
    assertThat(pipe.take(SHORT)).isNull();
    assertThat(pipe.take(SHORT)).isNull();
  }

  @Test
  void takesNoMoreThanItsCapacityButAnyOneValue() throws Exception {
    pipe.put("larger than all", 100, SHORT);
    assertThatThrownBy(() -> pipe.put("x", 1, SHORT)).isInstanceOf(TimeoutException.class);
    assertThat(pipe.take(SHORT)).isEqualTo("larger than all");
    assertThat(pipe.put("x", 1, SHORT)).isTrue();
  }

  @Test
  void aWriterThatWaitsIsLetInWhenThereIsRoom() throws Exception {
    pipe.put("a", 10, SHORT);
    CompletableFuture<Boolean> put = new CompletableFuture<>();
    Thread.startVirtualThread(() -> putForEver(put));
    assertThat(pipe.take(Duration.ZERO)).isEqualTo("a");
    assertThat(put.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(pipe.take(Duration.ZERO)).isEqualTo("b");
  }

  private void putForEver(CompletableFuture<Boolean> result) {
    try {
      result.complete(pipe.put("b", 10, Duration.ZERO));
    } catch (InterruptedException | TimeoutException e) {
      result.completeExceptionally(e);
    }
  }

  @Test
  void aReaderThatWaitsForNothingIsTold() {
    assertThatThrownBy(() -> pipe.take(SHORT)).isInstanceOf(TimeoutException.class);
  }

  @Test
  void aBadEndComesAfterTheValues() throws Exception {
    pipe.put("a", 1, SHORT);
    pipe.fail(new RpcException(Kind.UNAUTHORIZED, "no"));
    pipe.end();
    assertThat(pipe.take(SHORT)).isEqualTo("a");
    assertThatThrownBy(() -> pipe.take(SHORT)).isInstanceOf(RpcException.class).hasMessage("no");
  }

  @Test
  void aWriterLearnsThatTheReaderHasGone() throws Exception {
    pipe.put("a", 10, SHORT);
    pipe.abandon();
    assertThat(pipe.put("b", 10, Duration.ZERO)).isFalse();
  }
}
