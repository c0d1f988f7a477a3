package io.ecluster.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.ThreadDeaths;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MdnsTest {
  private static final byte[] GO = Vectors.load("mdns").named("response").bytes();
  private static final PeerId GO_PEER =
      PeerId.parse("12D3KooWP4fKAX96rv14B7fM1LnN2TUgajBVYAw9As4mivERjckS");

  private final FakeGroup group = new FakeGroup();
  private final List<Peer> peers = new ArrayList<>();

  /** Link-local, so that it is a neighbour wherever the test runs. */
  private final class Peer {
    final PeerId id;
    final Map<PeerId, Set<Multiaddr>> seen = new ConcurrentHashMap<>();
    final Mdns mdns;

    Peer(int seed) {
      id = FakeNetwork.identity(seed).id();
      List<Multiaddr> addresses =
          List.of(
              Multiaddr.parse("/ip4/127.0.0.1/tcp/9096").withPeerId(id),
              Multiaddr.parse("/ip4/169.254.0." + seed + "/tcp/9096").withPeerId(id));
      mdns =
          new Mdns(
              Mdns.CLUSTER_SERVICE,
              id,
              () -> addresses,
              (peer, found) -> seen.put(peer, Set.copyOf(found)),
              InstantSource.system(),
              new Random(seed),
              List.of(group.port("169.254.0." + seed)));
      peers.add(this);
      mdns.run();
    }
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @AfterEach
  void stop() {
    peers.forEach(peer -> peer.mdns.close());
  }

  @Test
  void allSeeAllOthersAndNobodyItself() {
    for (int seed = 1; seed <= 5; seed++) {
      Peer unused = new Peer(seed);
      assertThat(unused.seen).doesNotContainKey(unused.id);
    }
    Eventually.until(
        "each sees the others",
        () -> peers.stream().allMatch(peer -> peer.seen.size() == peers.size() - 1));
    assertThat(peers).allSatisfy(peer -> assertThat(peer.seen).doesNotContainKey(peer.id));
  }

  @Test
  void theLoopbackAddressOfAnotherMachineIsNotTaken() {
    Peer one = new Peer(1);
    Peer two = new Peer(2);
    Eventually.until("it sees the other", () -> one.seen.containsKey(two.id));
    Multiaddr reachable = Multiaddr.parse("/ip4/169.254.0.2/tcp/9096").withPeerId(two.id);
    assertThat(one.seen.get(two.id)).containsExactly(reachable);
  }

  @Test
  void aGoPeerOnThisMachineIsSeen() {
    Peer one = new Peer(1);
    group.inject(GO, loopback(5353));
    Eventually.until("it sees the Go peer", () -> one.seen.containsKey(GO_PEER));
  }

  @Test
  void whatComesFromElsewhereOrCannotBeReadIsCountedAndDropped() {
    Peer one = new Peer(1);
    group.inject(GO, new InetSocketAddress("198.51.100.7", 5353)); // not our network
    group.inject(GO, loopback(6000)); // not the port of answers
    group.inject(new byte[] {1, 2, 3}, loopback(5353));
    Eventually.until(
        "all are counted",
        () -> one.mdns.stats().foreign() == 2 && one.mdns.stats().malformed() == 1);
    assertThat(one.seen).doesNotContainKey(GO_PEER);
  }

  @Test
  void changedPacketsDoNotEndListening() {
    Peer one = new Peer(1);
    FrameMutator packets = FrameMutator.of(Vectors.load("mdns").everyFrame());
    try (ThreadDeaths deaths = new ThreadDeaths()) {
      for (int i = 0; i < 5_000; i++) {
        group.inject(packets.next(), loopback(5353));
      }
      Eventually.until(packets.describe(), () -> one.mdns.stats().packets() >= 5_000);
      one.seen.clear();
      group.inject(GO, loopback(5353));
      Eventually.until(packets.describe(), () -> one.seen.containsKey(GO_PEER));
      assertThat(one.mdns.stats().malformed()).as(packets::describe).isGreaterThan(500);
      deaths.assertNone();
    }
  }

  @Test
  void whatTheCallerThrowsDoesNotEndListening() {
    Set<PeerId> seen = ConcurrentHashMap.newKeySet();
    try (Mdns mdns =
        new Mdns(
            Mdns.CLUSTER_SERVICE,
            FakeNetwork.identity(9).id(),
            List::of,
            (peer, found) -> {
              if (seen.add(peer)) {
                throw new IllegalStateException("on purpose");
              }
            },
            InstantSource.system(),
            new Random(9),
            List.of(group.port("169.254.0.9")))) {
      mdns.run();
      group.inject(GO, loopback(5353));
      group.inject(new byte[1], loopback(5353));
      Eventually.until("it goes on", () -> mdns.stats().malformed() == 1);
      assertThat(seen).containsExactly(GO_PEER);
    }
  }
}
