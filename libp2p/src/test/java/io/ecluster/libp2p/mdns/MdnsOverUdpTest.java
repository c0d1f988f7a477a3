package io.ecluster.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several peers on this machine share the real port; skipped where nothing can multicast. */
@Timeout(60)
class MdnsOverUdpTest {
  /** Of this run, so that peers on the same network do not matter. */
  private static final String SERVICE =
      "_ecluster-test-" + Long.toString(System.nanoTime(), 36) + "._udp.local";

  @BeforeAll
  static void requireMulticast() {
    try (UdpMulticastPort port = UdpMulticastPort.open(UdpMulticastPort.GROUP_IP4)) {
      port.send(DnsWriter.write(DnsMessage.query(DnsName.of(SERVICE))));
    } catch (IOException e) {
      Assumptions.abort("multicast is not available here: " + e);
    }
  }

  private static Mdns peer(int seed, Map<PeerId, Set<Multiaddr>> seen) {
    PeerId id = FakeNetwork.identity(seed).id();
    Multiaddr address = Multiaddr.parse("/ip4/127.0.0.1/tcp/" + (9000 + seed)).withPeerId(id);
    return Mdns.start(
        SERVICE,
        id,
        () -> List.of(address),
        (peer, found) -> seen.put(peer, Set.copyOf(found)),
        InstantSource.system(),
        new Random(seed));
  }

  @Test
  void peersOfOneMachineSeeEachOther() {
    List<Mdns> peers = new ArrayList<>();
    List<Map<PeerId, Set<Multiaddr>>> seen = new ArrayList<>();
    try {
      for (int seed = 1; seed <= 4; seed++) {
        seen.add(new ConcurrentHashMap<>());
        peers.add(peer(seed, seen.getLast()));
      }
      Eventually.until(
          () -> "all see all: " + seen, () -> seen.stream().allMatch(s -> s.size() == 3));
      assertThat(seen.getFirst().values()).allSatisfy(found -> assertThat(found).hasSize(1));
      assertThat(peers).allSatisfy(each -> assertThat(each.stats().packets()).isPositive());
    } finally {
      peers.forEach(Mdns::close);
    }
  }
}
