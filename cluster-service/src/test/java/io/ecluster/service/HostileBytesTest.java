package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Endpoint;
import io.ecluster.client.JsonObject;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.multistream.Multistream;
import io.ecluster.libp2p.net.SocketWire;
import io.ecluster.libp2p.net.Wire;
import io.ecluster.libp2p.net.WireReader;
import io.ecluster.libp2p.noise.NoiseHandshake;
import io.ecluster.libp2p.noise.SecureChannel;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.libp2p.pnet.PrivateWire;
import io.ecluster.multiformats.PeerId;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Strangers at every socket of a daemon send garbage, promise enormous lengths, or hardly send at
 * all. They are shut out, the daemon's memory stays within a bound, and it answers others.
 */
class HostileBytesTest {
  /** Of the daemon's process; its heap is limited to 160 MiB by the tests' options. */
  private static final long MAX_MEMORY_BYTES = 480L << 20;

  private static final int AT_ONCE = 20;

  @RegisterExtension
  static final SharedPeers CLUSTER =
      new SharedPeers(
          1,
          Map.of(
              "CLUSTER_RESTAPI_IDLETIMEOUT", "10s", "CLUSTER_RESTAPI_READHEADERTIMEOUT", "5s"),
          Map.of());

  private final PeerProcess daemon = CLUSTER.get(0);
  private final Random random = new Random(2026);

  /** What a stranger does with a fresh connection; then the daemon is expected to close it. */
  @FunctionalInterface
  private interface Attack {
    void on(Socket socket) throws Exception;
  }

  @Test
  void clusterSocketShutsStrangersOut() throws Exception {
    InetSocketAddress cluster = address(daemon.listenAddress());
    attack(cluster, garbage());
    attack(cluster, HostileBytesTest::silence);
    attack(cluster, HostileBytesTest::drip);
    attack(cluster, socket -> sendSecret(socket, hugeToken()));
    attackSecured(daemon.listenAddress(), true);
    assertUnharmed();
  }

  @Test
  void ipfsSocketShutsStrangersOut() throws Exception {
    InetSocketAddress ipfs = address(daemon.ipfsAddress());
    attack(ipfs, garbage());
    attack(ipfs, HostileBytesTest::silence);
    attack(ipfs, HostileBytesTest::drip);
    attack(ipfs, socket -> write(socket, hugeToken()));
    attackSecured(daemon.ipfsAddress(), false);
    assertUnharmed();
  }

  @Test
  void httpSocketShutsStrangersOut() throws Exception {
    InetSocketAddress http = address(daemon.apiAddress());
    attack(http, garbage());
    attack(http, HostileBytesTest::silence);
    attack(http, socket -> write(socket, text("GET /id HTTP/1.1\r\nHost: x\r\nX: ")));
    attack(http, HostileBytesTest::dripHeader);
    attack(http, socket -> flood(socket, "GET /id HTTP/1.1\r\nHost: x\r\n", "X-Flood: yes\r\n"));
    attack(http, socket -> flood(socket, "GET /", "aaaaaaaaaaaaaaaa"));
    attack(http, socket -> write(socket, post("/peers", "Content-Length: " + Long.MAX_VALUE)));
    attack(http, socket -> write(socket, post("/peers", "Content-Length: 9" + Long.MAX_VALUE)));
    attack(
        http,
        socket ->
            flood(socket, "", new String(post("/peers", "Content-Length: 900000000"), ASCII) + X));
    attack(
        http,
        socket ->
            write(socket, post("/add", "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n")));
    attack(http, socket -> flood(socket, new String(upload(), ASCII), "X-Part-Header: yes\r\n"));
    assertUnharmed();
  }

  private static final java.nio.charset.Charset ASCII = StandardCharsets.US_ASCII;
  private static final String X = "x".repeat(1024);

  private static byte[] upload() {
    return text(
        "POST /add?erasure=true HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\nContent-Type: "
            + "multipart/form-data; boundary=b\r\n\r\n--b\r\n");
  }

  private static byte[] post(String path, String header) {
    String type = "Content-Type: multipart/form-data; boundary=b\r\n";
    return text("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + type + header + "\r\n\r\n");
  }

  private static byte[] text(String text) {
    return text.getBytes(ASCII);
  }

  /** Many at once, each of which must see its connection closed. */
  private static void attack(InetSocketAddress address, Attack attack) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        all.add(
            threads.submit(
                () -> {
                  attackOnce(address, attack);
                  return true;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private static void attackOnce(InetSocketAddress address, Attack attack) throws Exception {
    try (SocketChannel channel = SocketChannel.open(address)) {
      Socket socket = channel.socket();
      attack.on(socket);
      awaitClosed(socket);
    }
  }

  /** Reads what comes until the daemon closes; it must, however patient the test is. */
  private static void awaitClosed(Socket socket) throws IOException {
    socket.setSoTimeout(Math.toIntExact(PeerProcesses.PATIENCE.toMillis()));
    try {
      socket.getInputStream().skipNBytes(Long.MAX_VALUE);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the daemon keeps the connection of a stranger", e);
    } catch (IOException e) {
      // closed
    }
  }

  private Attack garbage() {
    byte[] bytes = new byte[256 * 1024];
    random.nextBytes(bytes);
    return socket -> write(socket, bytes);
  }

  private static void silence(Socket socket) {
    assertThat(socket.isConnected()).isTrue();
  }

  /** A byte now and then, as long as they are taken: each arrives before anybody grows impatient. */
  private static void drip(Socket socket) throws IOException {
    dripEndlessly(socket, text(" "), new byte[] {19});
  }

  private static void dripHeader(Socket socket) throws IOException {
    dripEndlessly(socket, text("a"), text("GET /id HTTP/1.1\r\nHost: x\r\nX: "));
  }

  private static void dripEndlessly(Socket socket, byte[] drop, byte[] first) throws IOException {
    long end = System.nanoTime() + PeerProcesses.PATIENCE.toNanos();
    try {
      OutputStream out = socket.getOutputStream();
      out.write(first);
      while (System.nanoTime() < end) {
        out.write(drop);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return; // closed
    }
    throw new AssertionError("the daemon waits for ever for a stranger who hardly sends");
  }

  /** Sends the same again and again, up to 64 MiB, as long as it is taken. */
  private static void flood(Socket socket, String head, String again) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(text(head));
      byte[] batch = text(again.repeat(64 * 1024 / again.length() + 1));
      for (int sent = 0; sent < 64 << 20; sent += batch.length) {
        out.write(batch);
      }
    } catch (IOException e) {
      // closed
    }
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // closed already
    }
  }

  /** A token of multistream-select whose length is 2^60. */
  private static byte[] hugeToken() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Varint.write(bytes, 1L << 60);
    bytes.writeBytes(text("/multistream/1.0.0\n"));
    return bytes.toByteArray();
  }

  private void sendSecret(Socket socket, byte[] bytes) throws IOException {
    wire(socket.getChannel(), true).write(bytes, 0, bytes.length);
  }

  private Wire wire(SocketChannel channel, boolean secret) throws IOException {
    Wire wire = new SocketWire(channel);
    return secret
        ? new PrivateWire(wire, PreSharedKey.parse(daemon.secret()), new SecureRandom())
        : wire;
  }

  /** What somebody with a key, and the secret, may send instead of proper frames. */
  private void attackSecured(String address, boolean secret) throws Exception {
    ByteBuffer data = ByteBuffer.allocate(12).putShort((short) 0).putShort((short) 1).putInt(1);
    byte[] halfOfAll = data.putInt(1 << 31).array();
    byte[] garbage = new byte[64 * 1024];
    random.nextBytes(garbage);
    garbage[0] = 77; // no version of yamux
    byte[] evenStream = ByteBuffer.allocate(12).putInt(1).putInt(2).putInt(0).array();
    byte[] overWindow = ByteBuffer.allocate(12 + (1 << 20)).putInt(1).putInt(1).array();
    ByteBuffer.wrap(overWindow).putInt(8, 1 << 20);
    for (byte[] frames : List.of(halfOfAll, garbage, evenStream, overWindow)) {
      attack(
          address(address),
          socket -> {
            SecureChannel channel = secured(socket.getChannel(), secret);
            try {
              channel.write(frames, 0, frames.length);
              channel.flush();
            } catch (IOException e) {
              // closed already
            }
          });
    }
  }

  private SecureChannel secured(SocketChannel socket, boolean secret) throws IOException {
    Wire wire = wire(socket, secret);
    WireReader reader = new WireReader(wire);
    OutputStream out =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            wire.write(bytes, offset, length);
          }
        };
    var agreed = Multistream.propose(reader.asInputStream(), out, List.of(NoiseHandshake.PROTOCOL));
    assertThat(agreed).isEqualTo(NoiseHandshake.PROTOCOL);
    Identity stranger = Identity.generate(new SecureRandom());
    PeerId expected = PeerId.parse(secret ? daemon.id() : ipfsId());
    return new NoiseHandshake(
            wire, reader, stranger, List.of("/yamux/1.0.0"), new SecureRandom())
        .initiate(expected);
  }

  private String ipfsId() {
    return JsonObject.of(daemon.api().call("GET", "/id")).object("ipfs").text("id");
  }

  private static InetSocketAddress address(String multiaddr) {
    return (InetSocketAddress) Endpoint.parse(multiaddr).address();
  }

  private void assertUnharmed() throws IOException {
    assertThat(daemon.alive()).isTrue();
    byte[] file = Coded.bytes(1, 1 << 20);
    String root =
        Coded.root(
            PeerProcesses.add(daemon, Coded.QUERY + "&allow-shared-peers=true&name=after", file));
    Coded.assertReads(daemon, root, file);
    assertThat(daemon.peakMemoryBytes()).isLessThan(MAX_MEMORY_BYTES);
    assertThat(daemon.log()).doesNotContain("OutOfMemoryError");
  }
}
