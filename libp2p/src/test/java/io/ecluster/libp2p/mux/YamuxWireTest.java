package io.ecluster.libp2p.mux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.net.FrameChannel;
import io.ecluster.libp2p.net.MemoryWire;
import io.ecluster.libp2p.net.WireFrames;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A session against a remote that the test plays frame by frame. */
@Timeout(60)
class YamuxWireTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(100);

  private final BlockingQueue<YamuxStream> inbound = new LinkedBlockingQueue<>();
  private final CompletableFuture<IOException> end = new CompletableFuture<>();
  private final List<MemoryWire> wires = MemoryWire.pair();
  private final MemoryWire remote = wires.get(1);
  private final List<YamuxSession> sessions = new ArrayList<>();

  private YamuxSession session(boolean dialer, MuxSettings settings) {
    YamuxSession session =
        new YamuxSession(
            new WireFrames(wires.get(0)), dialer, settings, inbound::add, end::complete);
    session.start("test");
    sessions.add(session);
    return session;
  }

  @AfterEach
  void close() {
    sessions.forEach(YamuxSession::close);
  }

  private void send(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    remote.write(bytes, 0, bytes.length);
  }

  private void send(int type, int flags, int stream, int length) {
    byte[] header = new byte[Frame.HEADER_BYTES];
    new Frame(type, flags, stream, length).put(header);
    remote.write(header, 0, header.length);
  }

  /** The next frame the session sends, its pings left out, with any payload behind in hex. */
  private String received() throws IOException {
    while (true) {
      byte[] header = readFully(Frame.HEADER_BYTES);
      Frame frame = Frame.parse(header);
      byte[] payload = frame.type() == Frame.DATA ? readFully(frame.length()) : new byte[0];
      if (frame.type() != Frame.PING || !frame.has(Frame.SYN)) {
        return HexFormat.of().formatHex(header) + HexFormat.of().formatHex(payload);
      }
    }
  }

  private byte[] readFully(int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int at = 0; at < count; ) {
      int got = remote.read(bytes, at, count - at);
      if (got < 0) {
        throw new EOFException("session closed");
      }
      at += got;
    }
    return bytes;
  }

  private YamuxStream accepted() throws InterruptedException {
    YamuxStream stream = inbound.poll(20, TimeUnit.SECONDS);
    assertThat(stream).isNotNull();
    return stream;
  }

  @Test
  void theListenerAnswersGoFrameByFrame() throws Exception {
    session(false, MuxSettings.STANDARD);
    List<String> go =
        Vectors.load("yamux").named("session").steps().stream()
            .filter(step -> step.text("dir").equals("dialer->listener"))
            .map(Vectors.Vector::hex)
            .toList();
    assertThat(go.get(0)).isEqualTo("000200010000000000000000");
    go.forEach(this::send);
    assertThat(received()).isEqualTo("000200020000000000000000"); // its ping
    assertThat(received()).isEqualTo("000100020000000100000000"); // three streams
    assertThat(received()).isEqualTo("000100020000000300000000");
    assertThat(received()).isEqualTo("000100020000000500000000");
    YamuxStream first = accepted();
    assertThat(first.input().readAllBytes()).asString().isEqualTo("hello");
    first.output().write("HELLO".getBytes(UTF_8));
    first.closeWrite();
    assertThat(received()).isEqualTo("00000000000000010000000548454c4c4f");
    assertThat(received()).isEqualTo("000100040000000100000000");
    assertThatThrownBy(accepted().input()::readAllBytes)
        .isInstanceOfSatisfying(StreamResetException.class, e -> assertThat(e.code()).isZero());
    assertThatThrownBy(accepted().input()::readAllBytes)
        .isInstanceOfSatisfying(
            StreamResetException.class, e -> assertThat(e.code()).isEqualTo(0x1001));
  }

  @Test
  void theDialerSpeaksAsGoDoes() throws Exception {
    YamuxSession session = session(true, MuxSettings.STANDARD);
    YamuxStream first = session.open(TIMEOUT);
    first.output().write("hello".getBytes(UTF_8));
    first.closeWrite();
    assertThat(received()).isEqualTo("000100010000000100000000");
    assertThat(received()).isEqualTo("00000000000000010000000568656c6c6f");
    assertThat(received()).isEqualTo("000100040000000100000000");
    send("000100020000000100000000");
    send("00000000000000010000000548454c4c4f");
    send("000100040000000100000000");
    assertThat(first.input().readAllBytes()).asString().isEqualTo("HELLO");
    YamuxStream second = session.open(TIMEOUT);
    second.output().write('x');
    assertThat(received()).isEqualTo("000100010000000300000000");
    assertThat(received()).isEqualTo("00000000000000030000000178");
    second.reset();
    assertThat(received()).isEqualTo("000100080000000300000000");
  }

  @Test
  void flagsOnDataFramesAreTakenToo() throws Exception {
    YamuxSession session = session(false, MuxSettings.STANDARD);
    send("000000050000000100000001" + "41"); // SYN and FIN with the data
    YamuxStream stream = accepted();
    assertThat(stream.input().readAllBytes()).asString().isEqualTo("A");
    stream.closeWrite();
    assertThat(session.streamCount()).isZero();
  }

  @Test
  void openingWaitsForTheRemoteToAcknowledge() throws Exception {
    YamuxSession session = session(true, MuxSettings.STANDARD);
    for (int i = 0; i < 256; i++) {
      session.open(TIMEOUT).output().write(1);
    }
    assertThatThrownBy(() -> session.open(SHORT)).isInstanceOf(SocketTimeoutException.class);
    send(Frame.WINDOW_UPDATE, Frame.ACK, 1, 0);
    session.open(TIMEOUT).output().write(1);
    assertThatThrownBy(() -> session.open(SHORT)).isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void tooManyInboundStreamsAreReset() throws Exception {
    MuxSettings few =
        new MuxSettings(2, 300_000, 0, 300_000, Duration.ofMinutes(1), Duration.ofMinutes(1));
    session(false, few);
    for (int id = 1; id <= 5; id += 2) {
      send(Frame.WINDOW_UPDATE, Frame.SYN, id, 0);
    }
    assertThat(received()).isEqualTo("000100020000000100000000");
    assertThat(received()).isEqualTo("000100020000000300000000");
    assertThat(received()).isEqualTo("000100080000000500000000");
    accepted().reset();
    assertThat(received()).isEqualTo("000100080000000100000000");
    send(Frame.WINDOW_UPDATE, Frame.SYN, 7, 0);
    assertThat(received()).isEqualTo("000100020000000700000000");
  }

  @Test
  void aStreamThatWouldFillTheSessionsMemoryIsReset() throws Exception {
    MuxSettings small =
        new MuxSettings(9, 300_000, 0, 300_000, Duration.ofMinutes(1), Duration.ofMinutes(1));
    session(false, small);
    for (int id = 1; id <= 3; id += 2) {
      send(Frame.WINDOW_UPDATE, Frame.SYN, id, 0);
      send(Frame.DATA, 0, id, 200_000);
      byte[] payload = new byte[200_000];
      remote.write(payload, 0, payload.length);
    }
    assertThat(received()).isEqualTo("000100020000000100000000");
    assertThat(received()).isEqualTo("000100020000000300000000");
    assertThat(received()).isEqualTo("000100080000000300000000");
    assertThat(accepted().input().readNBytes(200_000)).hasSize(200_000);
  }

  @Test
  void aStreamThatWouldFillTheHostsMemoryIsReset() throws Exception {
    ReceiveBudget budget = new ReceiveBudget(300_000);
    ReceiveBudget.Share others = budget.new Share(300_000);
    assertThat(others.reserve(200_000)).isTrue();
    YamuxSession session =
        new YamuxSession(
            new WireFrames(wires.get(0)),
            false,
            MuxSettings.STANDARD,
            budget,
            inbound::add,
            end::complete);
    session.start("test");
    sessions.add(session);
    send(Frame.WINDOW_UPDATE, Frame.SYN, 1, 0);
    send(Frame.DATA, 0, 1, 200_000);
    byte[] payload = new byte[200_000];
    remote.write(payload, 0, payload.length);
    assertThat(received()).isEqualTo("000100020000000100000000");
    assertThat(received()).isEqualTo("000100080000000100000000");
    session.close();
    assertThat(budget.held()).isEqualTo(200_000);
  }

  @Test
  void aRemoteThatExceedsItsWindowIsDropped() throws Exception {
    session(false, MuxSettings.STANDARD);
    send(Frame.WINDOW_UPDATE, Frame.SYN, 1, 0);
    send(Frame.DATA, 0, 1, MuxSettings.INITIAL_WINDOW_BYTES + 1);
    assertThat(end.get(20, TimeUnit.SECONDS)).hasMessageContaining("window");
  }

  @Test
  void brokenFramesEndTheSession() throws Exception {
    String[] broken = {
      "010000000000000100000000", // version 1
      "000900000000000100000000", // type 9
      "000100010000000200000000", // one of our numbers
      "000100010000000000000000", // stream 0
      "00000000000000070fffffff", // endless data for nobody
      "000000000000000780000000",
      "000300000000000000000002", // go away: internal error
    };
    for (String hex : broken) {
      CompletableFuture<IOException> ended = new CompletableFuture<>();
      MemoryWire wire = MemoryWire.reading(HexFormat.of().parseHex(hex));
      new YamuxSession(
              new WireFrames(wire), false, MuxSettings.STANDARD, stream -> {}, ended::complete)
          .start("broken");
      assertThat(ended.get(20, TimeUnit.SECONDS)).as(hex).isInstanceOf(YamuxException.class);
      assertThat(ended.join()).as(hex).hasMessageNotContaining("closed by the remote");
    }
  }

  @Test
  void aSilentRemoteIsDropped() throws Exception {
    session(true, MuxSettings.STANDARD.withKeepAlive(SHORT, SHORT));
    assertThat(end.get(20, TimeUnit.SECONDS)).hasMessageContaining("does not answer");
  }

  @Test
  void aPingOfASilentRemoteFailsInTime() {
    YamuxSession session = session(true, MuxSettings.STANDARD);
    long start = System.nanoTime();
    assertThatThrownBy(() -> session.ping(SHORT)).isInstanceOf(SocketTimeoutException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aRemoteThatAsksAndNeverReadsIsDropped() throws Exception {
    byte[] ping = new byte[Frame.HEADER_BYTES];
    new Frame(Frame.PING, Frame.SYN, 0, 1).put(ping);
    CountDownLatch closed = new CountDownLatch(1);
    FrameChannel deaf =
        new FrameChannel() {
          @Override
          public byte[] read() {
            return ping;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {}

          @Override
          public void flush() throws IOException {
            try {
              closed.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    new YamuxSession(deaf, false, MuxSettings.STANDARD, stream -> {}, end::complete).start("deaf");
    assertThat(end.get(20, TimeUnit.SECONDS)).hasMessageContaining("does not read");
  }

  @Test
  void randomFramesNeitherHangNorCrashASession() throws Exception {
    long seed = 4711;
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      CompletableFuture<IOException> ended = new CompletableFuture<>();
      MemoryWire wire = MemoryWire.reading(frames(random));
      new YamuxSession(new WireFrames(wire), false, MuxSettings.STANDARD, s -> {}, ended::complete)
          .start("fuzz");
      assertThat(ended.get(20, TimeUnit.SECONDS))
          .as("seed %d, round %d", seed, round)
          .isInstanceOf(YamuxException.class)
          .hasMessageNotContaining("session failed");
    }
  }

  /** Plausible headers with a few wild values, and noise. */
  private static byte[] frames(Random random) {
    ByteBuffer out = ByteBuffer.allocate(2000);
    while (out.remaining() > 100) {
      int length = random.nextInt(10) == 0 ? random.nextInt() : random.nextInt(60);
      out.put((byte) (random.nextInt(50) == 0 ? 1 : 0)).put((byte) random.nextInt(4));
      out.putShort((short) random.nextInt(16)).putInt(random.nextInt(9)).putInt(length);
      byte[] payload = new byte[Math.clamp(length, 0, 60)];
      random.nextBytes(payload);
      out.put(payload);
    }
    return Arrays.copyOf(out.array(), out.position());
  }
}
