package io.ecluster.service.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipld.DagPb;
import io.ecluster.multiformats.Cid;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.TestServer;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are slow, go away or send nonsense; blocks that come late or never. */
class HostileClientsTest {
  private final GatewayFixture gateway = new GatewayFixture();

  @AfterEach
  void stop() {
    gateway.close();
  }

  private List<Cid> leaves() {
    byte[] root = gateway.readings.blocks().get(gateway.site.cid("big"));
    return DagPb.decode(root).links().stream().map(link -> link.hash()).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ipfs/R/big", "/ipfs/R/big?format=car", "/ipfs/R?format=tar"})
  void aFailureInTheMiddleBreaksTheConnection(String target) throws IOException {
    gateway.readings.lose(leaves().getLast());
    try (TestServer.Connection connection = gateway.connect()) {
      connection.send("GET " + gateway.full(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.status()).isEqualTo(200);
      var head = connection.head();
      if (head.containsKey("content-length")) {
        int count = 0;
        while (connection.read() >= 0) {
          count++;
        }
        assertThat(count).isLessThan(gateway.site.content("big").length);
      } else {
        assertThatThrownBy(() -> readChunks(connection))
            .isInstanceOfAny(EOFException.class, NumberFormatException.class);
      }
    }
    PeerProcesses.await("the reading is closed", () -> gateway.readings.open() == 0);
  }

  private static void readChunks(TestServer.Connection connection) throws IOException {
    while (true) {
      int size = Integer.parseInt(connection.line(), 16);
      if (size == 0) {
        return; // the end, which must not come
      }
      for (int i = 0; i < size + 2; i++) {
        if (connection.read() < 0) {
          throw new EOFException();
        }
      }
    }
  }

  @Test
  void theFirstBytesDoNotWaitForTheLast() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    gateway.readings.hold(leaves().getLast(), gate);
    try (TestServer.Connection connection = gateway.connect()) {
      connection.send("GET " + gateway.full("/ipfs/R/big") + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.status()).isEqualTo(200);
      connection.head();
      byte[] content = gateway.site.content("big");
      for (int i = 0; i < 1000; i++) {
        assertThat(connection.read()).isEqualTo(content[i] & 0xff);
      }
      gate.countDown();
      for (int i = 1000; i < content.length; i++) {
        assertThat(connection.read()).isEqualTo(content[i] & 0xff);
      }
    }
  }

  @Test
  void aClientThatGoesAwayEndsTheReading() throws IOException {
    CountDownLatch gate = new CountDownLatch(1);
    gateway.readings.hold(leaves().getLast(), gate);
    try (TestServer.Connection connection = gateway.connect()) {
      connection.send("GET " + gateway.full("/ipfs/R/big") + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.status()).isEqualTo(200);
    }
    gate.countDown();
    PeerProcesses.await("the reading is closed", () -> gateway.readings.open() == 0);
  }

  @Test
  void refusesAFloodOfHeaders() throws IOException {
    String[] headers = new String[400];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = "X-H" + i + ": " + "a".repeat(100);
    }
    try (TestServer.Connection connection = gateway.connect()) {
      connection.send("GET /ipfs/x HTTP/1.1\r\nHost: x\r\n" + String.join("\r\n", headers));
      assertThat(connection.status()).isEqualTo(431);
    }
  }

  @Test
  void anyPathIsAnsweredInWords() throws IOException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String letters = "/.%RN2eE0dDaA<>\"'?&=;:@+-_~ü";
    for (int round = 0; round < 300; round++) {
      StringBuilder path = new StringBuilder(random.nextBoolean() ? "/ipfs/R/" : "/");
      for (int i = random.nextInt(30); i > 0; i--) {
        path.append(letters.charAt(random.nextInt(letters.length())));
      }
      TestServer.Answer answer = gateway.get(path.toString().replace(' ', '_'));
      assertThat(answer.status())
          .as("seed %d, path %s: %s", seed, path, answer.text())
          .isNotIn(500, 502, 504);
      assertThat(answer.header("location")).doesNotStartWith("//");
    }
    PeerProcesses.await("all readings are closed", () -> gateway.readings.open() == 0);
  }
}
