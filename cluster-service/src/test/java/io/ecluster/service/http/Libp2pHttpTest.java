package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multihash;
import io.ecluster.service.api.FakeCluster;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.HttpApiSettings.Libp2p;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** HTTP over streams of a libp2p host. */
class Libp2pHttpTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final List<Multiaddr> ANY = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));

  private static Libp2p host() {
    return new Libp2p(ANY, Identity.generate(new SecureRandom()));
  }

  private static TestServer server() {
    return new TestServer().listening().with(host());
  }

  private static Libp2pHost client(TestServer server) throws IOException {
    Libp2pHost client = Libp2pHost.create(HostConfig.of(Identity.generate(new SecureRandom())));
    Multiaddr address = Multiaddr.parse(server.addresses().getLast());
    client.connect(address.peerId().orElseThrow(), List.of(address), PATIENCE);
    return client;
  }

  private static TestServer.Connection open(Libp2pHost client) throws IOException {
    Stream stream =
        client.open(client.connectedPeers().getFirst(), List.of("/libp2p-http"), PATIENCE);
    stream.setReadTimeout(PATIENCE);
    return new TestServer.Connection(stream.input(), stream.output(), stream);
  }

  @Test
  void requestsFollowEachOtherOnOneStream() throws IOException {
    try (TestServer server = server().start();
        Libp2pHost client = client(server);
        TestServer.Connection connection = open(client)) {
      for (int i = 0; i < 20; i++) {
        connection.send("GET /id HTTP/1.1\r\nHost: x\r\n\r\n");
        TestServer.Answer answer = connection.answer("GET");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("peer one");
      }
      connection.send("GET /peers HTTP/1.1\r\nHost: x\r\n\r\n");
      TestServer.Answer peers = connection.answer("GET");
      assertThat(peers.lines()).hasSize(2);
      assertThat(peers.trailers()).containsEntry("x-stream-error", "");
    }
  }

  @Test
  void aRequestMayComeInPiecesAndTwoAtOnce() throws IOException {
    try (TestServer server = server().start();
        Libp2pHost client = client(server);
        TestServer.Connection connection = open(client)) {
      String request = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";
      for (byte b : request.getBytes(StandardCharsets.US_ASCII)) {
        connection.send(new byte[] {b});
      }
      assertThat(connection.answer("GET").status()).isEqualTo(200);
      connection.send(request + request);
      assertThat(connection.answer("GET").status()).isEqualTo(200);
      assertThat(connection.answer("GET").status()).isEqualTo(200);
    }
  }

  /** More than windows and buffers hold, both ways. */
  @Test
  void largeBodiesPass() throws IOException {
    try (TestServer server = server().start();
        Libp2pHost client = client(server);
        TestServer.Connection connection = open(client)) {
      String name = "n".repeat(2000);
      for (int i = 0; i < 3000; i++) {
        server.cluster.pins.put(
            numbered(i), Pin.of(FakeCluster.OTHER, PinOptions.NONE.withName(name)));
      }
      connection.send("GET /allocations HTTP/1.1\r\nHost: x\r\n\r\n");
      TestServer.Answer all = connection.answer("GET");
      assertThat(all.lines()).hasSize(3000);
      assertThat(all.body().length).isGreaterThan(6_000_000);
      byte[] body = new byte[60_000];
      Arrays.fill(body, (byte) ' ');
      connection.send("POST /peers HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n");
      connection.send(body);
      assertThat(connection.answer("POST").text()).contains("error decoding request body");
    }
  }

  private static Cid numbered(int i) {
    byte[] digest = ByteBuffer.allocate(32).putInt(i).array();
    return Cid.v1(0x55, Multihash.of(0x12, digest));
  }

  @Test
  void manyStreamsAreServedAtOnceAndOneThatBreaksHarmsNoOther() throws IOException {
    try (TestServer server = server().start();
        Libp2pHost client = client(server)) {
      TestServer.Connection broken = open(client);
      broken.send("POST /peers HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
      broken.close();
      for (int i = 0; i < 20; i++) {
        try (TestServer.Connection connection = open(client)) {
          connection.send("GET /version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
          assertThat(connection.answer("GET").status()).isEqualTo(200);
          assertThat(connection.read()).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void passwordsAreAskedForAndTlsIsNot() throws Exception {
    Path folder = Files.createTempDirectory("tls");
    PemFiles.make(folder, "-keyalg", "EC");
    try (TestServer server =
            server().withUser("me", "pw").withTls(folder, "cert.pem", "key.pem").start();
        Libp2pHost client = client(server);
        TestServer.Connection connection = open(client)) {
      connection.send("GET /id HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.answer("GET").status()).isEqualTo(401);
      String pair = Base64.getEncoder().encodeToString("me:pw".getBytes(StandardCharsets.UTF_8));
      connection.send("GET /id HTTP/1.1\r\nHost: x\r\nAuthorization: Basic " + pair + "\r\n\r\n");
      assertThat(connection.answer("GET").status()).isEqualTo(200);
    }
  }

  @Test
  void anIdleStreamIsClosed() throws IOException {
    try (TestServer server = server().withIdleTimeout(Duration.ofSeconds(1)).start();
        Libp2pHost client = client(server);
        TestServer.Connection connection = open(client)) {
      connection.send("GET /version HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(connection.answer("GET").status()).isEqualTo(200);
      assertThat(connection.read()).isEqualTo(-1);
    }
  }

  @Test
  void nonsenseIsRefused() throws IOException {
    try (TestServer server = server().start();
        Libp2pHost client = client(server);
        TestServer.Connection connection = open(client)) {
      connection.send("nonsense\r\n\r\n");
      assertThat(connection.status()).isEqualTo(400);
    }
  }

  @Test
  void withoutAnyListenerThereIsNoServer() {
    assertThatThrownBy(() -> new TestServer().listening().start())
        .hasMessageContaining("nothing to listen on");
  }
}
