package io.ecluster.libp2p;

import static io.ecluster.libp2p.HostFixture.OPEN;
import static io.ecluster.libp2p.HostFixture.PRIVATE;
import static io.ecluster.libp2p.HostFixture.TIMEOUT;
import static io.ecluster.libp2p.HostFixture.async;
import static io.ecluster.libp2p.HostFixture.echo;
import static io.ecluster.libp2p.HostFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ecluster.libp2p.multistream.Multistream;
import io.ecluster.libp2p.mux.YamuxSession;
import io.ecluster.libp2p.mux.YamuxStream;
import io.ecluster.libp2p.net.FrameChannel;
import io.ecluster.libp2p.pnet.PreSharedKey;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What strangers and broken peers may do to a host, layer by layer: it goes on serving others. */
@Timeout(120)
class HostileTrafficTest {
  private static final Duration HANDSHAKE = Duration.ofMillis(500);
  private static final long SEED = 2026;

  private final HostFixture fixture = new HostFixture();
  private final Random random = new Random(SEED);
  private final Logger logger = (Logger) LoggerFactory.getLogger(Libp2pHost.class);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @AfterEach
  void close() {
    logger.detachAppender(logged);
    fixture.close();
  }

  private Libp2pHost impatient(int seed, boolean isPrivate) throws IOException {
    return fixture.host(
        seed,
        config ->
            (isPrivate ? PRIVATE : OPEN)
                .apply(config.withLimits(config.limits().withHandshakeTimeout(HANDSHAKE))));
  }

  private void captureLog() {
    logged.start();
    logger.addAppender(logged);
  }

  private List<String> warnings() {
    return List.copyOf(logged.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  /** Reads until the other side closes, which it must. */
  private static void awaitClose(SocketChannel socket) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    try {
      while (socket.read(buffer.clear()) >= 0) {
        assertThat(buffer.position()).isPositive();
      }
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  private static void write(SocketChannel socket, byte[] bytes) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        socket.write(buffer);
      }
    } catch (IOException e) {
      assertThat(e.getMessage()).containsAnyOf("Broken pipe", "reset");
    }
  }

  private byte[] noise(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private void assertStillServes(Libp2pHost host, boolean isPrivate) throws Exception {
    Libp2pHost friend = fixture.host(77, isPrivate ? PRIVATE : OPEN);
    friend.connect(host.id(), host.addresses(), TIMEOUT);
    assertThat(echo(friend, host, new byte[] {1, 2, 3})).containsExactly(1, 2, 3);
  }

  @Test
  void aWrongSecretIsSaidOnBothSidesOnce() throws Exception {
    captureLog();
    Libp2pHost one = fixture.host(1, PRIVATE);
    byte[] other = new byte[32];
    other[0] = 1;
    Libp2pHost two = fixture.host(2, config -> config.withSecret(new PreSharedKey(other)));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> two.connect(one.id(), one.addresses(), TIMEOUT))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("wrong cluster secret");
    }
    assertThat(one.isConnected(two.id())).isFalse();
    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("127.0.0.1 is not in our private network (wrong cluster secret?)");
    assertStillServes(one, true);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aProbeOfThePortIsNoReasonToComplain(boolean isPrivate) throws Exception {
    captureLog();
    Libp2pHost host = fixture.host(1, isPrivate ? PRIVATE : OPEN);
    for (int i = 0; i < 5; i++) {
      SocketChannel socket = fixture.rawConnection(host);
      socket.shutdownOutput();
      awaitClose(socket);
    }
    assertThat(warnings()).isEmpty();
    assertStillServes(host, isPrivate);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aHostWithASecretAndOneWithoutDoNotMeet(boolean dialerHasIt) throws Exception {
    Libp2pHost one = impatient(1, !dialerHasIt);
    Libp2pHost two = impatient(2, dialerHasIt);
    assertThatThrownBy(() -> two.connect(one.id(), one.addresses(), TIMEOUT))
        .isInstanceOf(IOException.class);
    assertThat(one.connectedPeers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noiseOnTheSocketIsHungUpOn(boolean isPrivate) throws Exception {
    Libp2pHost host = impatient(1, isPrivate);
    List<Future<Boolean>> attacks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      SocketChannel socket = fixture.rawConnection(host);
      byte[] bytes = noise(random.nextInt(3000));
      attacks.add(
          async(() -> {
            write(socket, bytes);
            awaitClose(socket);
            return true;
          }));
    }
    for (Future<Boolean> attack : attacks) {
      get(attack);
    }
    assertStillServes(host, isPrivate);
  }

  @Test
  void connectionsThatSayNothingAreClosedInTimeAndLimitedInNumber() throws Exception {
    Libp2pHost host =
        fixture.host(
            1,
            config ->
                config.withLimits(
                    new HostLimits(100, 64, 5, 5, Duration.ofSeconds(2), TIMEOUT, TIMEOUT)));
    List<SocketChannel> silent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      silent.add(fixture.rawConnection(host));
    }
    long start = System.nanoTime();
    for (SocketChannel socket : silent) {
      awaitClose(socket);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    assertStillServes(host, false);
  }

  @Test
  void noiseInsteadOfAHandshakeIsHungUpOn() throws Exception {
    Libp2pHost host = impatient(1, false);
    for (int i = 0; i < 50; i++) {
      SocketChannel socket = fixture.rawConnection(host);
      write(socket, Multistream.hello("/noise"));
      write(socket, noise(random.nextInt(3000)));
      socket.shutdownOutput();
      awaitClose(socket);
    }
    SocketChannel socket = fixture.rawConnection(host);
    write(socket, Multistream.hello("/noise"));
    write(socket, new byte[] {(byte) 0xff, (byte) 0xff, 1}); // and then nothing
    awaitClose(socket);
    assertStillServes(host, false);
  }

  private FrameChannel channelTo(Libp2pHost host, int seed) throws IOException {
    Upgrader upgrader = new Upgrader(HostConfig.of(FakeNetwork.identity(seed)));
    return upgrader.dialled(fixture.rawConnection(host), host.id()).channel();
  }

  @Test
  void noiseInsteadOfFramesIsHungUpOn() throws Exception {
    Libp2pHost host = fixture.host(1, OPEN);
    for (int i = 0; i < 50; i++) {
      FrameChannel channel = fixture.closing(channelTo(host, 100 + i));
      byte[] bytes = noise(12 + random.nextInt(3000)); // a header at least
      bytes[0] = (byte) (1 + random.nextInt(100));
      channel.write(bytes, 0, bytes.length);
      channel.flush();
      assertThatThrownBy(
              () -> {
                while (true) {
                  channel.read();
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertStillServes(host, false);
  }

  /** A peer that answers every stream as it likes. */
  private YamuxSession strange(Libp2pHost host, int seed, Answer answer) throws IOException {
    YamuxSession session =
        new YamuxSession(
            channelTo(host, seed),
            true,
            HostConfig.of(FakeNetwork.identity(seed)).mux(),
            stream -> Thread.ofVirtual().start(() -> quietly(stream, answer)),
            reason -> {});
    session.start("strange");
    return fixture.closing(session);
  }

  private interface Answer {
    void give(YamuxStream stream) throws IOException;
  }

  private static void quietly(YamuxStream stream, Answer answer) {
    try {
      answer.give(stream);
    } catch (IOException e) {
      stream.reset();
    }
  }

  @Test
  void aPeerThatIdentifiesItselfWithNoiseIsDropped() throws Exception {
    Libp2pHost host = fixture.host(1, OPEN);
    byte[] noise = noise(2000);
    YamuxSession session =
        strange(
            host,
            50,
            stream -> {
              Multistream.accept(stream.input(), stream.output(), protocol -> true);
              stream.output().write(noise);
              stream.closeWrite();
            });
    assertThatThrownBy(
            () -> {
              while (true) {
                session.ping(TIMEOUT);
              }
            })
        .isInstanceOf(IOException.class);
    assertThat(host.isConnected(FakeNetwork.identity(50).id())).isFalse();
    assertStillServes(host, false);
  }

  @Test
  void noiseInsteadOfAProtocolResetsOnlyItsStream() throws Exception {
    Libp2pHost host = fixture.host(1, OPEN);
    YamuxSession session =
        strange(
            host,
            50,
            stream -> {
              Multistream.accept(stream.input(), stream.output(), protocol -> true);
              stream.output().write(0);
              stream.closeWrite();
            });
    for (int i = 0; i < 200; i++) {
      YamuxStream stream = session.open(TIMEOUT);
      byte[] bytes = noise(1 + random.nextInt(200));
      bytes[0] = (byte) 0xff;
      stream.output().write(bytes);
      stream.closeWrite();
      assertThatThrownBy(() -> stream.input().readAllBytes()).hasMessageContaining("reset");
    }
    assertThat(session.ping(TIMEOUT)).isPositive();
  }

  @Test
  void aHandlerThatBreaksResetsItsStreamAndIsLoggedOnce() throws Exception {
    captureLog();
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    two.handle(
        "/break",
        stream -> {
          throw new IllegalStateException("on purpose");
        });
    one.connect(two.id(), two.addresses(), TIMEOUT);
    for (int i = 0; i < 5; i++) {
      Stream stream = one.open(two.id(), List.of("/break"), TIMEOUT);
      assertThatThrownBy(() -> stream.input().read()).hasMessageContaining("reset");
    }
    assertThat(warnings()).singleElement().asString().contains(one.id().toString());
  }

  @Test
  void aForgedMessageEndsTheConnection() throws Exception {
    Libp2pHost host = fixture.host(1, OPEN);
    Upgrader upgrader = new Upgrader(HostConfig.of(FakeNetwork.identity(60)));
    SocketChannel socket = fixture.rawConnection(host);
    upgrader.dialled(socket, host.id());
    byte[] forged = noise(102);
    forged[0] = 0;
    forged[1] = 100;
    write(socket, Arrays.copyOf(forged, forged.length));
    awaitClose(socket);
    assertStillServes(host, false);
  }
}
