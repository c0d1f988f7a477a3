package io.ecluster.libp2p;

import static io.ecluster.libp2p.HostFixture.PRIVATE;
import static io.ecluster.libp2p.HostFixture.TIMEOUT;
import static io.ecluster.libp2p.HostFixture.async;
import static io.ecluster.libp2p.HostFixture.echo;
import static io.ecluster.libp2p.HostFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.ecluster.libp2p.Refusals.Reason;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.identify.IdentifyMessage;
import io.ecluster.libp2p.kad.KadDht;
import io.ecluster.libp2p.multistream.Multistream;
import io.ecluster.libp2p.mux.YamuxSession;
import io.ecluster.libp2p.mux.YamuxStream;
import io.ecluster.libp2p.net.FrameChannel;
import io.ecluster.libp2p.net.SocketWire;
import io.ecluster.libp2p.net.Wire;
import io.ecluster.libp2p.pnet.PrivateWire;
import io.ecluster.libp2p.pubsub.Gossipsub;
import io.ecluster.libp2p.pubsub.GossipsubSettings;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * Every protocol of a host gets frames that Go's peers sent, changed, over real connections. The
 * host refuses what it must, no thread of it dies, nothing but the protocols' own exceptions is
 * thrown, and it goes on serving a good peer.
 */
@Timeout(180)
class HostFuzzTest {
  private static final int CONNECTIONS = 150;
  private static final int STREAMS = 600;
  private static final int AT_ONCE = 16;
  private static final Duration HANDSHAKE = Duration.ofSeconds(2);
  private static final String TOPIC = "monitor.metrics";

  private final HostFixture fixture = new HostFixture();
  private final ThreadDeaths deaths = new ThreadDeaths();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.ecluster.libp2p");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final List<PeerId> heard = new CopyOnWriteArrayList<>();
  private Libp2pHost host;
  private Gossipsub pubsub;
  private KadDht dht;

  @BeforeEach
  void start() throws IOException {
    logged.start();
    logger.addAppender(logged);
    logger.setAdditive(false); // some ten thousand lines
    Identity identity = FakeNetwork.identity(1);
    host = fixture.host(1, HostFuzzTest::impatient);
    pubsub = fixture.closing(new Gossipsub(host, identity, GossipsubSettings.cluster()));
    pubsub.subscribe(TOPIC, _ -> true, message -> heard.add(message.from()));
    dht = new KadDht(host, new Random(1));
  }

  private static HostConfig impatient(HostConfig config) {
    return PRIVATE.apply(config.withLimits(config.limits().withHandshakeTimeout(HANDSHAKE)));
  }

  @AfterEach
  void isUnharmed() throws Exception {
    try {
      assertServesAFriend();
      deaths.assertNone();
      assertThat(List.copyOf(logged.list))
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(text -> text.contains("session failed"));
      assertThat(List.copyOf(logged.list))
          .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
          .filteredOn(event -> event.getThrowableProxy() != null)
          .extracting(event -> event.getFormattedMessage() + event.getThrowableProxy().getMessage())
          .isEmpty();
    } finally {
      logger.setAdditive(true);
      logger.detachAppender(logged);
      deaths.close();
      fixture.close();
    }
  }

  private void assertServesAFriend() throws Exception {
    Libp2pHost friend = fixture.host(77, PRIVATE);
    Gossipsub friends =
        fixture.closing(
            new Gossipsub(friend, FakeNetwork.identity(77), GossipsubSettings.cluster()));
    friends.subscribe(TOPIC, _ -> true, _ -> {});
    friend.connect(host.id(), host.addresses(), TIMEOUT);
    assertThat(echo(friend, host, new byte[] {1, 2, 3})).containsExactly(1, 2, 3);
    assertThat(new KadDht(friend, new Random(2)).neighbours(host.id())).isNotNull();
    Eventually.until("they meet", () -> friends.subscribers(TOPIC).contains(host.id()));
    friends.publish(TOPIC, new byte[] {1});
    Eventually.until("the host hears its friend", () -> heard.contains(friend.id()));
  }

  /** What somebody does with a fresh connection and a changed frame. */
  private interface Attack {
    void send(byte[] frame) throws Exception;
  }

  /** Several at once; those that the host hangs up on have done what they could. */
  private static void attack(int count, List<byte[]> recorded, Attack attack) throws Exception {
    FrameMutator frames = FrameMutator.of(recorded);
    List<Future<Boolean>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] frame = frames.next();
      running.add(async(() -> quietly(attack, frame)));
      if (running.size() == AT_ONCE) {
        awaitAll(running, frames);
      }
    }
    awaitAll(running, frames);
  }

  private static void awaitAll(List<Future<Boolean>> running, FrameMutator frames) {
    for (Future<Boolean> each : running) {
      try {
        assertThat(get(each)).isTrue();
      } catch (Exception e) {
        throw new AssertionError(frames.describe(), e);
      }
    }
    running.clear();
  }

  private static boolean quietly(Attack attack, byte[] frame) throws Exception {
    try {
      attack.send(frame);
    } catch (IOException e) {
      assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
    }
    return true;
  }

  private static List<byte[]> vectors(String name) {
    return Vectors.load(name).everyFrame();
  }

  private static byte[] joined(List<byte[]> frames) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.forEach(all::writeBytes);
    return all.toByteArray();
  }

  // ---- below streams

  @Test
  void bytesOnTheSocket() throws Exception {
    List<byte[]> recorded = new ArrayList<>(vectors("psk"));
    recorded.addAll(vectors("multistream"));
    attack(
        CONNECTIONS,
        recorded,
        frame -> {
          try (Wire wire = socketWire()) {
            wire.write(frame, 0, frame.length);
          }
        });
    assertCounted("connection", Reason.FOREIGN);
  }

  @Test
  void tokensBelowTheSecret() throws Exception {
    attack(CONNECTIONS, vectors("multistream"), this::sendBelowSecret);
    assertCounted("connection", Reason.FOREIGN);
  }

  private void assertCounted(String protocol, Reason reason) {
    Refusals refused =
        switch (protocol) {
          case "dht" -> dht.refusals();
          case "pubsub" -> pubsub.refusals();
          default -> Objects.requireNonNull(host.refusals().get(protocol));
        };
    Eventually.until(protocol + " counts " + reason, () -> refused.of(reason) > 0);
  }

  @Test
  void messagesOfNoise() throws Exception {
    List<byte[]> recorded =
        Vectors.load("noise").all().stream()
            .filter(vector -> vector.text("name").contains("framed"))
            .map(Vectors.Vector::bytes)
            .toList();
    attack(CONNECTIONS, recorded, frame -> sendBelowSecret(afterHello("/noise", frame)));
    assertCounted("connection", Reason.MALFORMED);
  }

  private static byte[] afterHello(String protocol, byte[] frame) {
    return joined(List.of(Multistream.hello(protocol), frame));
  }

  private SocketWire socketWire() throws IOException {
    return new SocketWire(SocketChannel.open(HostFixture.socketAddress(host)));
  }

  /** What is written is sent before the wire is closed. */
  private void sendBelowSecret(byte[] bytes) throws IOException {
    try (Wire wire = new PrivateWire(socketWire(), HostFixture.SECRET, new SecureRandom())) {
      wire.write(bytes, 0, bytes.length);
    }
  }

  @Test
  void framesOfYamux() throws Exception {
    List<byte[]> recorded = new ArrayList<>(vectors("yamux"));
    recorded.add(joined(recorded));
    attack(
        CONNECTIONS,
        recorded,
        frame -> {
          try (SocketChannel socket = SocketChannel.open(HostFixture.socketAddress(host));
              FrameChannel channel = channel(socket, frame.length)) {
            channel.write(frame, 0, frame.length);
            channel.flush();
          }
        });
    assertCounted("connection", Reason.MALFORMED);
  }

  private FrameChannel channel(SocketChannel socket, int seed) throws IOException {
    HostConfig config = HostConfig.of(FakeNetwork.identity(1000 + seed));
    return new Upgrader(config.withSecret(HostFixture.SECRET)).dialled(socket, host.id()).channel();
  }

  // ---- streams

  @Test
  void tokensOfStreams() throws Exception {
    try (SocketChannel socket = SocketChannel.open(HostFixture.socketAddress(host));
        YamuxSession session = session(channel(socket, 1), _ -> {})) {
      attack(
          STREAMS,
          vectors("multistream"),
          frame -> {
            YamuxStream stream = session.open(TIMEOUT);
            stream.setReadTimeout(TIMEOUT);
            stream.output().write(frame);
            stream.closeWrite();
            stream.input().readAllBytes();
          });
      assertThat(session.ping(TIMEOUT)).isPositive();
    }
    assertCounted("stream", Reason.MALFORMED);
  }

  private interface Answer {
    void give(YamuxStream stream) throws IOException;
  }

  private static YamuxSession session(FrameChannel channel, Answer answer) {
    YamuxSession session =
        new YamuxSession(
            channel,
            true,
            HostConfig.of(FakeNetwork.identity(2)).mux(),
            stream -> Thread.ofVirtual().start(() -> answer(stream, answer)),
            _ -> {});
    session.start("fuzz");
    return session;
  }

  private static void answer(YamuxStream stream, Answer answer) {
    try {
      answer.give(stream);
    } catch (IOException e) {
      stream.reset();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/ipfs/id/push/1.0.0,identify,identify",
    "/ipfs/id/1.0.0,identify,",
    "/ipfs/ping/1.0.0,yamux,",
    "/ipfs/lan/kad/1.0.0,kad,dht",
    "/meshsub/1.1.0,gossipsub,pubsub"
  })
  void framesOfProtocols(String protocol, String vectors, @Nullable String counted)
      throws Exception {
    Libp2pHost peer = fixture.host(20, PRIVATE);
    attack(
        STREAMS,
        StreamFuzz.delimited(vectors(vectors)),
        frame -> {
          peer.connect(host.id(), host.addresses(), TIMEOUT);
          try (Stream stream = peer.open(host.id(), List.of(protocol), TIMEOUT)) {
            stream.setReadTimeout(TIMEOUT);
            stream.output().write(frame);
            stream.closeWrite();
            stream.input().readAllBytes();
          }
        });
    if (counted != null) {
      assertCounted(counted, Reason.MALFORMED);
    }
  }

  /** A peer that answers our host's questions for its identity and about other peers. */
  @ParameterizedTest
  @CsvSource({"/ipfs/id/1.0.0,identify,identify", "/ipfs/lan/kad/1.0.0,kad,dht"})
  void answersToOurQuestions(String protocol, String vectors, String counted) throws Exception {
    byte[] identity = identity();
    attack(
        CONNECTIONS,
        StreamFuzz.delimited(vectors(vectors)),
        frame -> {
          Identity stranger = FakeNetwork.identity(5000 + frame.length);
          try (SocketChannel socket = SocketChannel.open(HostFixture.socketAddress(host));
              YamuxSession session =
                  session(
                      channel(socket, 4000 + frame.length),
                      stream -> {
                        var asked = Multistream.accept(stream.input(), stream.output(), _ -> true);
                        stream.output().write(asked.equals(protocol) ? frame : identity);
                        stream.closeWrite();
                      })) {
            assertThat(session.ping(TIMEOUT)).isPositive();
            dht.find(stranger.id());
          }
        });
    assertCounted(counted, Reason.MALFORMED);
  }

  private static byte[] identity() {
    return new IdentifyMessage(
            Optional.empty(),
            List.of(),
            Set.of(KadDht.PROTOCOL, IdentifyMessage.PROTOCOL),
            Optional.empty(),
            "",
            "fuzz",
            Optional.empty())
        .toFrame();
  }
}
