package io.ecluster.libp2p.kad;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KadDhtTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final FakeNetwork network = new FakeNetwork();
  private final List<MemoryHost> hosts = new ArrayList<>();
  private final List<KadDht> dhts = new ArrayList<>();

  /** A star: all know the first, and nobody else. */
  @BeforeEach
  void connect() throws IOException {
    for (int seed = 1; seed <= 30; seed++) {
      hosts.add(network.host(seed));
      dhts.add(new KadDht(hosts.getLast(), new Random(seed)));
    }
    for (MemoryHost host : hosts.subList(1, hosts.size())) {
      host.connect(hub().id(), hub().addresses(), TIMEOUT);
    }
  }

  @AfterEach
  void close() {
    network.close();
  }

  private MemoryHost hub() {
    return hosts.getFirst();
  }

  private static List<Multiaddr> plain(MemoryHost host) {
    return host.addresses().stream().map(Multiaddr::withoutPeerId).toList();
  }

  @Test
  void whoeverIsConnectedToOneFindsAnybody() {
    for (MemoryHost target : hosts.subList(2, hosts.size())) {
      KadPeer found =
          dhts.get(1).find(target.id()).stream()
              .filter(peer -> peer.id().equals(target.id()))
              .findFirst()
              .orElseThrow();
      assertThat(found.addresses()).isEqualTo(plain(target));
      assertThat(found.connected()).isTrue();
    }
  }

  @Test
  void anAddressIsKnownWithoutAConnection() {
    PeerId away = FakeNetwork.identity(99).id();
    assertThat(dhts.get(1).find(away)).noneMatch(peer -> peer.id().equals(away));
    Multiaddr address = Multiaddr.parse("/ip4/10.1.2.3/tcp/4");
    hub().remember(away, List.of(address));
    assertThat(dhts.get(1).find(away)).contains(new KadPeer(away, List.of(address), false));
  }

  @Test
  void neighboursAreOthersThanTheAskedAndTheAsking() {
    List<KadPeer> neighbours = dhts.get(1).neighbours(hub().id());
    List<PeerId> ids = neighbours.stream().<PeerId>map(KadPeer::id).toList();
    assertThat(ids).hasSizeBetween(KadServer.NEAREST, hosts.size() - 2).doesNotHaveDuplicates();
    assertThat(ids).doesNotContain(hosts.get(1).id(), hub().id());
  }

  @Test
  void whoeverDoesNotSpeakTheProtocolIsNotAsked() throws IOException {
    MemoryHost mute = network.host(50);
    mute.connect(hosts.get(1).id(), hosts.get(1).addresses(), TIMEOUT);
    assertThat(dhts.get(1).neighbours(mute.id())).isEmpty();
    assertThat(dhts.get(1).find(mute.id())).noneMatch(peer -> peer.id().equals(mute.id()));
  }

  @Test
  void aPeerThatStallsHoldsNobodyUpForLong() {
    network.freeze(hub());
    assertThat(dhts.get(1).find(hosts.get(5).id())).isEmpty();
  }

  @Test
  void theAskedItselfIsTold() throws IOException {
    KadMessage answer = exchange(KadMessage.findNode(hub().id().toBytes()));
    assertThat(answer.closer()).containsExactly(new KadPeer(hub().id(), plain(hub()), false));
  }

  @Test
  void theAskingIsToldOfItselfOnlyWhenItAsksForIt() throws IOException {
    PeerId asking = hosts.get(1).id();
    assertThat(exchange(KadMessage.findNode(asking.toBytes())).closer())
        .anyMatch(peer -> peer.id().equals(asking));
    assertThat(exchange(KadMessage.findNode(new byte[] {1, 2, 3})).closer())
        .hasSize(KadServer.NEAREST)
        .noneMatch(peer -> peer.id().equals(asking));
  }

  @Test
  void valuesAndProvidersAreNotKept() throws IOException {
    byte[] key = {1, 2, 3};
    KadPeer self = new KadPeer(hosts.get(1).id(), plain(hosts.get(1)), false);
    try (Stream stream = open()) {
      send(stream, new KadMessage(KadMessage.Type.ADD_PROVIDER, key, List.of(), List.of(self)));
      send(stream, request(KadMessage.Type.GET_PROVIDERS, key));
      KadMessage providers = KadCodec.next(stream.input()).orElseThrow();
      assertThat(providers.type()).isEqualTo(KadMessage.Type.GET_PROVIDERS);
      assertThat(providers.providers()).isEmpty();
      assertThat(providers.closer()).hasSize(KadServer.NEAREST);
      for (KadMessage.Type type : List.of(KadMessage.Type.PUT_VALUE, KadMessage.Type.PING)) {
        send(stream, request(type, key));
        KadMessage answer = KadCodec.next(stream.input()).orElseThrow();
        assertThat(answer.type()).isEqualTo(type);
        assertThat(answer.key()).isEqualTo(key);
      }
    }
    assertThat(dhts.getFirst().stats().answered()).isEqualTo(4);
  }

  @Test
  void whatIsMalformedEndsTheStreamAndIsCounted() throws IOException {
    try (Stream stream = open()) {
      stream.output().write(new byte[] {2, 8, 77});
      Eventually.until("it is refused", () -> dhts.getFirst().stats().refused() == 1);
    }
    assertThat(exchange(KadMessage.findNode(hub().id().toBytes())).closer()).hasSize(1);
  }

  @Test
  void aPeerHasSomeStreamsOnly() throws IOException {
    List<Stream> streams = new ArrayList<>();
    for (int i = 0; i < KadServer.MAX_STREAMS_PER_PEER + 3; i++) {
      streams.add(open());
    }
    Eventually.until("three are refused", () -> dhts.getFirst().stats().refused() == 3);
    streams.forEach(Stream::reset);
    Eventually.until("there is room again", this::answers);
  }

  private boolean answers() {
    try {
      return exchange(KadMessage.findNode(hub().id().toBytes())).closer().size() == 1;
    } catch (IOException e) {
      return false;
    }
  }

  private static KadMessage request(KadMessage.Type type, byte[] key) {
    return new KadMessage(type, key, List.of(), List.of());
  }

  private Stream open() throws IOException {
    return hosts.get(1).open(hub().id(), List.of(KadDht.PROTOCOL), TIMEOUT);
  }

  private static void send(Stream stream, KadMessage message) throws IOException {
    stream.output().write(KadCodec.frame(message));
  }

  private KadMessage exchange(KadMessage request) throws IOException {
    try (Stream stream = open()) {
      send(stream, request);
      return KadCodec.next(stream.input())
          .orElseThrow(() -> new IOException("the stream has ended"));
    }
  }
}
