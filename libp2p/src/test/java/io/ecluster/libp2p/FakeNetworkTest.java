package io.ecluster.libp2p;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FakeNetworkTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  private final FakeNetwork network = new FakeNetwork();
  private final MemoryHost one = network.host(1);
  private final MemoryHost two = network.host(2);

  @AfterEach
  void close() {
    network.close();
  }

  private void echoOnTwo() {
    two.handle("/echo", stream -> stream.input().transferTo(stream.output()));
  }

  private Stream connectAndOpen() throws IOException {
    one.connect(two.id(), two.addresses(), SHORT);
    return one.open(two.id(), List.of("/none", "/echo"), SHORT);
  }

  @Test
  void seedOneIsTheIdentityOfTheVectors() {
    assertThat(one.id()).hasToString("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");
  }

  @Test
  void bytesGoThereAndBackUntilTheHalfClose() throws IOException {
    echoOnTwo();
    Stream stream = connectAndOpen();
    stream.output().write("hello".getBytes(UTF_8));
    stream.closeWrite();
    assertThat(stream.input().readAllBytes()).asString().isEqualTo("hello");
    assertThat(stream.protocol()).isEqualTo("/echo");
  }

  @Test
  void aStrangerWithoutAddressIsNotReached() {
    assertThatThrownBy(() -> one.open(two.id(), List.of("/echo"), SHORT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot reach");
  }

  @Test
  void aPartitionBreaksStreamsAndDialsUntilItHeals() throws Exception {
    echoOnTwo();
    BlockingQueue<String> events = new LinkedBlockingQueue<>();
    two.addListener(recorder(events));
    Stream stream = connectAndOpen();
    network.partition(one, two);
    assertThatThrownBy(() -> stream.input().read()).hasMessageContaining("connection lost");
    assertThatThrownBy(() -> connectAndOpen()).isInstanceOf(IOException.class);
    assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo("identified " + one.id());
    assertThat(events.poll(5, TimeUnit.SECONDS)).isEqualTo("disconnected " + one.id());
    network.heal(one, two);
    connectAndOpen().close();
    assertThat(two.isConnected(one.id())).isTrue();
  }

  @Test
  void aFrozenPeerIsConnectedAndMute() throws IOException {
    echoOnTwo();
    Stream stream = connectAndOpen();
    network.freeze(two);
    stream.output().write(1);
    stream.setReadTimeout(SHORT);
    assertThatThrownBy(() -> stream.input().read()).isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(() -> one.ping(two.id(), SHORT)).isInstanceOf(SocketTimeoutException.class);
    assertThat(one.isConnected(two.id())).isTrue();
    network.thaw(two);
    stream.setReadTimeout(Duration.ofSeconds(5));
    assertThat(stream.input().read()).isEqualTo(1);
  }

  @Test
  void latencyDelaysBytes() throws IOException {
    echoOnTwo();
    network.setLatency(Duration.ofMillis(20));
    Stream stream = connectAndOpen();
    long start = System.nanoTime();
    stream.output().write(7);
    assertThat(stream.input().read()).isEqualTo(7);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(39));
  }

  @Test
  void aHandlerThatThrowsResetsItsStream() throws IOException {
    two.handle(
        "/echo",
        stream -> {
          throw new IOException("no");
        });
    Stream stream = connectAndOpen();
    assertThatThrownBy(() -> stream.input().read()).hasMessageContaining("reset");
  }

  private static ConnectionListener recorder(BlockingQueue<String> events) {
    return new ConnectionListener() {
      @Override
      public void identified(PeerId peer) {
        events.add("identified " + peer);
      }

      @Override
      public void disconnected(PeerId peer) {
        events.add("disconnected " + peer);
      }
    };
  }
}
