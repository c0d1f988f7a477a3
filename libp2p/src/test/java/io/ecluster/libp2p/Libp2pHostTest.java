package io.ecluster.libp2p;

import static io.ecluster.libp2p.HostFixture.OPEN;
import static io.ecluster.libp2p.HostFixture.PRIVATE;
import static io.ecluster.libp2p.HostFixture.SHORT;
import static io.ecluster.libp2p.HostFixture.TIMEOUT;
import static io.ecluster.libp2p.HostFixture.async;
import static io.ecluster.libp2p.HostFixture.echo;
import static io.ecluster.libp2p.HostFixture.events;
import static io.ecluster.libp2p.HostFixture.get;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.multistream.Multistream;
import io.ecluster.libp2p.mux.MuxSettings;
import io.ecluster.libp2p.mux.YamuxSession;
import io.ecluster.libp2p.net.PushbackChannel;
import io.ecluster.libp2p.net.SocketWire;
import io.ecluster.libp2p.net.WireReader;
import io.ecluster.libp2p.noise.NoiseHandshake;
import io.ecluster.libp2p.noise.SecureChannel;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts over real sockets. */
@Timeout(120)
class Libp2pHostTest {
  private final HostFixture fixture = new HostFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private static byte[] random(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoHostsTalk(boolean isPrivate) throws Exception {
    Libp2pHost one = fixture.host(1, isPrivate ? PRIVATE : OPEN);
    Libp2pHost two = fixture.host(2, isPrivate ? PRIVATE : OPEN);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    assertThat(one.protocols(two.id()))
        .contains("/echo", "/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0");
    Stream stream = one.open(two.id(), List.of("/other", "/echo"), TIMEOUT);
    assertThat(stream.protocol()).isEqualTo("/echo");
    assertThat(stream.remotePeer()).isEqualTo(two.id());
    stream.output().write("hello".getBytes(UTF_8));
    stream.closeWrite();
    assertThat(stream.input().readAllBytes()).asString().isEqualTo("hello");
    assertThat(one.ping(two.id(), TIMEOUT)).isPositive();
    assertThat(one.knownAddresses(two.id())).contains(two.addresses().getFirst().withoutPeerId());
    assertThat(one.connectedPeers()).containsExactly(two.id());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void largeTransfersGoBothWaysAtOnce(boolean isPrivate) throws Exception {
    Libp2pHost one = fixture.host(1, isPrivate ? PRIVATE : OPEN);
    Libp2pHost two = fixture.host(2, isPrivate ? PRIVATE : OPEN);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    long seed = 17;
    Random random = new Random(seed);
    List<Future<Boolean>> transfers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      byte[] data = random(seed + i, random.nextInt(6_000_000));
      Libp2pHost from = i % 2 == 0 ? one : two;
      Libp2pHost to = i % 2 == 0 ? two : one;
      transfers.add(async(() -> Arrays.equals(echo(from, to, data), data)));
    }
    for (Future<Boolean> transfer : transfers) {
      assertThat(get(transfer)).as("seed %d", seed).isTrue();
    }
    assertThat(one.connectedPeers()).hasSize(1);
  }

  @Test
  void aThousandStreamsRunAtOnce() throws Exception {
    Libp2pHost one = fixture.host(1, PRIVATE);
    Libp2pHost two = fixture.host(2, PRIVATE);
    CountDownLatch allOpen = new CountDownLatch(1000);
    two.handle(
        "/meet",
        stream -> {
          allOpen.countDown();
          await(allOpen);
          stream.input().transferTo(stream.output());
        });
    one.connect(two.id(), two.addresses(), TIMEOUT);
    List<Future<byte[]>> calls = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      byte[] data = random(i, 1 + i);
      calls.add(async(() -> call(one, two, data)));
    }
    for (int i = 0; i < 1000; i++) {
      assertThat(get(calls.get(i))).isEqualTo(random(i, 1 + i));
    }
  }

  private static byte[] call(Libp2pHost from, Libp2pHost to, byte[] data) throws IOException {
    try (Stream stream = from.open(to.id(), List.of("/meet"), TIMEOUT)) {
      stream.output().write(data);
      stream.closeWrite();
      return stream.input().readAllBytes();
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aStreamThatIsOnlyReadOrOnlyWrittenWorks() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    CountDownLatch got = new CountDownLatch(1);
    two.handle("/talk", stream -> stream.output().write("unasked".getBytes(UTF_8)));
    two.handle(
        "/listen",
        stream -> {
          if (stream.input().readAllBytes().length == 3) {
            got.countDown();
          }
        });
    one.connect(two.id(), two.addresses(), TIMEOUT);
    Stream talk = one.open(two.id(), List.of("/talk"), TIMEOUT);
    assertThat(talk.input().readAllBytes()).asString().isEqualTo("unasked");
    try (Stream listen = one.open(two.id(), List.of("/listen"), TIMEOUT)) {
      listen.output().write(new byte[3]);
    }
    await(got);
  }

  @Test
  void aHandlerThatThrowsResetsItsStream() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    two.handle(
        "/fail",
        stream -> {
          throw new IOException("no");
        });
    one.connect(two.id(), two.addresses(), TIMEOUT);
    Stream stream = one.open(two.id(), List.of("/fail"), TIMEOUT);
    assertThatThrownBy(() -> stream.input().readAllBytes()).hasMessageContaining("reset");
  }

  @Test
  void aProtocolThatThePeerDoesNotSpeakIsRefused() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    assertThatThrownBy(() -> one.open(two.id(), List.of("/none"), TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("speaks none of [/none]");
  }

  @Test
  void aHandlerAddedLaterIsAnnounced() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    BlockingQueue<String> events = events(one);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("identified " + two.id());
    two.handle("/late", stream -> stream.output().write(1));
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("identified " + two.id());
    assertThat(one.open(two.id(), List.of("/late"), TIMEOUT).input().read()).isEqualTo(1);
  }

  @Test
  void theListenerLearnsWhereTheDialerListens() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    BlockingQueue<String> events = events(two);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("identified " + one.id());
    assertThat(two.knownAddresses(one.id())).contains(one.addresses().getFirst().withoutPeerId());
  }

  @Test
  void aPeerThatGoesIsNoticedAndFoundAgain() throws Exception {
    Libp2pHost one = fixture.host(1, PRIVATE);
    Libp2pHost two = fixture.host(2, PRIVATE);
    Multiaddr address = two.addresses().getFirst().withoutPeerId();
    BlockingQueue<String> events = events(one);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    Stream waiting = one.open(two.id(), List.of("/echo"), TIMEOUT);
    waiting.output().write(1);
    assertThat(waiting.input().read()).isEqualTo(1);
    two.close();
    assertThatThrownBy(() -> waiting.input().read()).isInstanceOf(IOException.class);
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("identified " + two.id());
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("disconnected " + two.id());
    assertThat(one.isConnected(two.id())).isFalse();
    assertThat(one.protocols(two.id())).isEmpty();
    fixture.hostAt(2, address, PRIVATE);
    assertThat(echo(one, two, new byte[] {5})).containsExactly(5);
  }

  @Test
  void bothMayDialAtOnceAndEveryStreamLives() throws Exception {
    for (int round = 0; round < 10; round++) {
      Libp2pHost one = fixture.host(2 * round + 1, OPEN);
      Libp2pHost two = fixture.host(2 * round + 2, OPEN);
      one.remember(two.id(), two.addresses());
      two.remember(one.id(), one.addresses());
      byte[] data = random(round, 500_000);
      Future<byte[]> there = async(() -> echo(one, two, data));
      Future<byte[]> back = async(() -> echo(two, one, data));
      assertThat(get(there)).isEqualTo(data);
      assertThat(get(back)).isEqualTo(data);
      assertThat(one.connectedPeers()).containsExactly(two.id());
    }
  }

  @Test
  void manyCallersShareOneDial() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    List<Future<Boolean>> callers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      callers.add(
          async(() -> {
            one.connect(two.id(), two.addresses(), TIMEOUT);
            return one.isConnected(two.id());
          }));
    }
    for (Future<Boolean> caller : callers) {
      assertThat(get(caller)).isTrue();
    }
    assertThat(one.connectionCount()).isEqualTo(1);
  }

  @Test
  void disconnectingEndsTheConnectionOnBothSides() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    BlockingQueue<String> events = events(two);
    one.connect(two.id(), two.addresses(), TIMEOUT);
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("identified " + one.id());
    one.disconnect(two.id());
    assertThat(one.isConnected(two.id())).isFalse();
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("disconnected " + one.id());
  }

  @Test
  void anotherPeerAtTheAddressIsNotTakenForTheWantedOne() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    assertThatThrownBy(() -> one.connect(FakeNetwork.identity(3).id(), two.addresses(), TIMEOUT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("peer there is " + two.id());
  }

  @Test
  void addressesWeCannotDialAreSkipped() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    List<Multiaddr> mixed = new ArrayList<>();
    mixed.add(Multiaddr.parse("/ip4/127.0.0.1/udp/9096/quic-v1"));
    mixed.add(Multiaddr.parse("/ip4/127.0.0.1/tcp/9096/ws"));
    mixed.add(Multiaddr.parse("/p2p/" + two.id()));
    mixed.add(Multiaddr.parse("/ip4/127.0.0.1/tcp/1/p2p/" + two.id()));
    assertThatThrownBy(() -> one.connect(two.id(), mixed, TIMEOUT))
        .hasMessageContaining("/tcp/1:")
        .hasMessageNotContaining("quic");
    mixed.addAll(two.addresses());
    one.connect(two.id(), mixed, TIMEOUT);
    assertThat(one.knownAddresses(two.id()).getFirst())
        .isEqualTo(two.addresses().getFirst().withoutPeerId());
  }

  @Test
  void namesAreResolved() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    int port = HostFixture.socketAddress(two).getPort();
    one.connect(two.id(), List.of(Multiaddr.parse("/dns4/localhost/tcp/" + port)), TIMEOUT);
    assertThat(one.isConnected(two.id())).isTrue();
  }

  @Test
  void listeningOnAllInterfacesAnnouncesEachOfThem() throws Exception {
    Libp2pHost one = fixture.hostAt(1, Multiaddr.parse("/ip4/0.0.0.0/tcp/0"), OPEN);
    assertThat(one.addresses())
        .isNotEmpty()
        .allSatisfy(address -> assertThat(address.toString()).doesNotContain("0.0.0.0"))
        .allSatisfy(address -> assertThat(address.peerId()).contains(one.id()));
  }

  @Test
  void aFailingAddressIsNotDialledAgainAtOnceUnlessAskedTo() throws Exception {
    Libp2pHost one = fixture.host(1, OPEN);
    Libp2pHost two = fixture.host(2, OPEN);
    List<Multiaddr> nowhere = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));
    one.remember(two.id(), nowhere);
    assertThatThrownBy(() -> one.open(two.id(), List.of("/echo"), TIMEOUT))
        .hasMessageNotContaining("a moment ago");
    assertThatThrownBy(() -> one.open(two.id(), List.of("/echo"), TIMEOUT))
        .hasMessageContaining("a moment ago");
    assertThatThrownBy(() -> one.connect(two.id(), nowhere, TIMEOUT))
        .hasMessageNotContaining("a moment ago");
  }

  @Test
  void aStuckPeerFailsPingsInTimeAndIsDroppedInTheEnd() throws Exception {
    Libp2pHost one =
        fixture.host(
            1, config -> config.withMux(config.mux().withKeepAlive(SHORT, Duration.ofSeconds(1))));
    Libp2pHost two = fixture.host(2, OPEN);
    StallingProxy proxy = fixture.closing(new StallingProxy(HostFixture.socketAddress(two)));
    BlockingQueue<String> events = events(one);
    one.connect(two.id(), List.of(proxy.address()), TIMEOUT);
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("identified " + two.id());
    proxy.stall();
    long start = System.nanoTime();
    assertThatThrownBy(() -> one.ping(two.id(), SHORT)).isInstanceOf(SocketTimeoutException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("disconnected " + two.id());
  }

  @Test
  void aPeerThatDoesNotAgreeOnAMuxerInNoiseNegotiatesItAfterwards() throws Exception {
    Libp2pHost host = fixture.host(1, OPEN);
    SocketWire wire = fixture.closing(new SocketWire(fixture.rawConnection(host)));
    WireReader reader = new WireReader(wire);
    byte[] hello = Multistream.hello("/noise");
    wire.write(hello, 0, hello.length);
    Multistream.readAnswer(reader.asInputStream(), "/noise");
    SecureChannel secure =
        new NoiseHandshake(wire, reader, FakeNetwork.identity(5), List.of(), new SecureRandom())
            .initiate(host.id());
    assertThat(secure.muxer()).isEmpty();
    PushbackChannel channel = new PushbackChannel(secure);
    Multistream.propose(
        channel.asInputStream(), channel.asOutputStream(), List.of("/mplex/6.7.0", "/yamux/1.0.0"));
    YamuxSession session =
        fixture.closing(
            new YamuxSession(channel, true, MuxSettings.STANDARD, stream -> {}, reason -> {}));
    session.start("test");
    assertThat(session.ping(TIMEOUT)).isPositive();
  }

  @Test
  void aHostThatDoesNotListenCanDial() throws Exception {
    Libp2pHost mute = fixture.closing(Libp2pHost.create(HostConfig.of(FakeNetwork.identity(9))));
    Libp2pHost two = fixture.host(2, OPEN);
    mute.connect(two.id(), two.addresses(), TIMEOUT);
    assertThat(mute.addresses()).isEmpty();
    mute.handle("/echo", stream -> stream.input().transferTo(stream.output()));
    assertThat(echo(mute, two, new byte[10])).hasSize(10);
  }
}
