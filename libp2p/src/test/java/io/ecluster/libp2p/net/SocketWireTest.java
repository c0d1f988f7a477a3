package io.ecluster.libp2p.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SocketWireTest {
  private final SocketWire near;
  private final SocketWire far;

  SocketWireTest() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      near = new SocketWire(SocketChannel.open(server.getLocalAddress()));
      far = new SocketWire(server.accept());
    }
  }

  @AfterEach
  void close() {
    near.close();
    far.close();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(8).nextBytes(bytes);
    return bytes;
  }

  private byte[] readFully(int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      int got = far.read(bytes, at, count - at);
      assertThat(got).isPositive();
      at += got;
    }
    return bytes;
  }

  @Test
  void piecesOfAllSizesArriveInOrder() throws Exception {
    byte[] data = random(3_000_000);
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              Random random = new Random(9);
              for (int at = 0; at < data.length; ) {
                int part = Math.min(data.length - at, 1 + random.nextInt(65_537));
                writeOrFail(data, at, part);
                at += part;
              }
            });
    assertThat(readFully(data.length)).isEqualTo(data);
    assertThat(writer.join(Duration.ofSeconds(20))).isTrue();
  }

  private void writeOrFail(byte[] bytes, int offset, int length) {
    try {
      near.write(bytes, offset, length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aWriterThatIsInterruptedDoesNotCostOthersTheConnection() throws Exception {
    byte[] data = random(2_000_000);
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              Thread.currentThread().interrupt();
              for (int at = 0; at < data.length; at += 50_000) {
                writeOrFail(data, at, 50_000);
              }
            });
    writer.interrupt();
    assertThat(readFully(data.length)).isEqualTo(data);
    writeOrFail(new byte[] {42}, 0, 1);
    assertThat(readFully(1)).containsExactly(42);
  }

  @Test
  void whatWasWrittenJustBeforeTheEndStillArrives() throws Exception {
    for (int i = 0; i < 10; i++) {
      writeOrFail(new byte[] {(byte) i}, 0, 1);
    }
    near.close();
    assertThat(readFully(10)).hasSize(10);
    assertThat(far.read(new byte[1], 0, 1)).isNegative();
  }

  @Test
  void closingFreesAWriterThatWaitsForADeafRemote() throws Exception {
    Thread closer =
        Thread.ofVirtual()
            .start(() -> {
              LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
              near.close();
            });
    assertThatThrownBy(
            () -> {
              while (true) {
                near.write(new byte[60_000], 0, 60_000);
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(closer.join(Duration.ofSeconds(20))).isTrue();
  }
}
