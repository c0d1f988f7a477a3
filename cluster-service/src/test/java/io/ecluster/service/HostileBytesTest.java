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
import java.nio.charset.Charset;
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
  private static final Charset ASCII = StandardCharsets.US_ASCII;
  private static final String UPLOAD =
      "POST /add?erasure=true HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\nContent-Type: "
          + "multipart/form-data; boundary=b\r\n\r\n--b\r\n";

  @RegisterExtension
  static final SharedPeers CLUSTER =
      new SharedPeers(
          1,
          Map.of("CLUSTER_RESTAPI_IDLETIMEOUT", "8s", "CLUSTER_RESTAPI_READHEADERTIMEOUT", "5s"),
          Map.of());

  private final PeerProcess daemon = CLUSTER.get(0);
  private final Random random = new Random(2026);
  private final List<Future<?>> attacks = new ArrayList<>();
  private int kinds;

  /** What a stranger does with a fresh connection; then the daemon is expected to close it. */
  @FunctionalInterface
  private interface Attack {
    void on(Socket socket) throws Exception;
  }

  @Test
  void strangersAreShutOutOfEverySocket() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      attackCluster(threads);
      attackIpfs(threads);
      attackHttp(threads);
      for (Future<?> one : attacks) {
        one.get();
      }
    }
    assertThat(attacks).hasSizeGreaterThan(AT_ONCE * 20);
    assertUnharmed();
  }

  private void attackCluster(ExecutorService threads) throws IOException {
    InetSocketAddress cluster = address(daemon.listenAddress());
    attack(threads, cluster, garbage());
    attack(threads, cluster, HostileBytesTest::silence);
    attack(threads, cluster, HostileBytesTest::drip);
    attack(threads, cluster, socket -> sendSecret(socket, hugeToken()));
    frames()
        .forEach(frames -> attack(threads, cluster, socket -> sendFrames(socket, frames, true)));
  }

  private void attackIpfs(ExecutorService threads) throws IOException {
    InetSocketAddress ipfs = address(daemon.ipfsAddress());
    attack(threads, ipfs, garbage());
    attack(threads, ipfs, HostileBytesTest::silence);
    attack(threads, ipfs, HostileBytesTest::drip);
    attack(threads, ipfs, socket -> write(socket, hugeToken()));
    frames().forEach(frames -> attack(threads, ipfs, socket -> sendFrames(socket, frames, false)));
  }

  private void attackHttp(ExecutorService threads) throws IOException {
    String get = "GET /id HTTP/1.1\r\nHost: x\r\n";
    String huge = "Content-Length: " + Long.MAX_VALUE;
    String chunk = "Transfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n";
    String tooLong = new String(post("/peers", "Content-Length: 900000000"), ASCII);
    InetSocketAddress http = address(daemon.apiAddress());
    attack(threads, http, garbage());
    attack(threads, http, HostileBytesTest::silence);
    attack(threads, http, socket -> write(socket, text(get + "X: ")));
    attack(threads, http, HostileBytesTest::dripHeader);
    attack(threads, http, socket -> flood(socket, get, "X-Flood: yes\r\n"));
    attack(threads, http, socket -> flood(socket, "GET /", "aaaaaaaaaaaaaaaa"));
    attack(threads, http, socket -> write(socket, post("/peers", huge)));
    attack(threads, http, socket -> write(socket, post("/peers", huge + "0")));
    attack(threads, http, socket -> flood(socket, tooLong, "x".repeat(1024)));
    attack(threads, http, socket -> write(socket, post("/add", chunk)));
    attack(threads, http, socket -> flood(socket, UPLOAD, "X-Part-Header: yes\r\n"));
  }

  private static byte[] post(String path, String header) {
    String type = "Content-Type: multipart/form-data; boundary=b\r\n";
    return text("POST " + path + " HTTP/1.1\r\nHost: x\r\n" + type + header + "\r\n\r\n");
  }

  private static byte[] text(String text) {
    return text.getBytes(ASCII);
  }

  /** Many at once, each of which must see its connection closed. */
  private void attack(ExecutorService threads, InetSocketAddress address, Attack attack) {
    kinds++;
    String what = "attack %d, on %s".formatted(kinds, address);
    for (int i = 0; i < AT_ONCE; i++) {
      attacks.add(threads.submit(() -> attackOnce(what, address, attack)));
    }
  }

  private static boolean attackOnce(String what, InetSocketAddress address, Attack attack)
      throws Exception {
    try (SocketChannel channel = SocketChannel.open(address)) {
      Socket socket = channel.socket();
      attack.on(socket);
      awaitClosed(what, socket);
      return true;
    }
  }

  /** Reads what comes until the daemon closes; it must, however patient the test is. */
  private static void awaitClosed(String what, Socket socket) throws IOException {
    socket.setSoTimeout(Math.toIntExact(PeerProcesses.PATIENCE.toMillis()));
    long read = 0;
    try {
      while (socket.getInputStream().read() >= 0) {
        read++;
      }
    } catch (SocketTimeoutException e) {
      throw new AssertionError(
          "%s: the daemon keeps the connection of a stranger, from port %d, to whom it sent %d bytes"
              .formatted(what, socket.getLocalPort(), read),
          e);
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

  /**
   * A byte now and then, as long as they are taken: each arrives before anybody grows impatient.
   */
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
  private List<byte[]> frames() {
    byte[] hugeData = ByteBuffer.allocate(12).putInt(1).putInt(1).putInt(1 << 31).array();
    byte[] garbage = new byte[64 * 1024];
    random.nextBytes(garbage);
    garbage[0] = 77; // no version of yamux
    byte[] notTheirStream = ByteBuffer.allocate(12).putInt(1).putInt(2).putInt(0).array();
    byte[] overWindow = new byte[12 + (1 << 20)];
    ByteBuffer.wrap(overWindow).putInt(1).putInt(1).putInt(1 << 20);
    return List.of(hugeData, garbage, notTheirStream, overWindow);
  }

  private void sendFrames(Socket socket, byte[] frames, boolean secret) throws IOException {
    SecureChannel channel = secured(socket.getChannel(), secret);
    try {
      channel.write(frames, 0, frames.length);
      channel.flush();
    } catch (IOException e) {
      // closed already
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
    return new NoiseHandshake(wire, reader, stranger, List.of("/yamux/1.0.0"), new SecureRandom())
        .initiate(expected);
  }

  private String ipfsId() {
    return JsonObject.of(daemon.api().call("GET", "/id")).object("ipfs").text("id");
  }

  private static InetSocketAddress address(String multiaddr) throws IOException {
    return (InetSocketAddress) Endpoint.parse(multiaddr).addresses().getFirst();
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
