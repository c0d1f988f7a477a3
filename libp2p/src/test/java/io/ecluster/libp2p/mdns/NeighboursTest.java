package io.ecluster.libp2p.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NeighboursTest {
  private static InetAddress ip(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  @Test
  void thoseOnOurNetworksAre() throws UnknownHostException {
    Neighbours neighbours =
        new Neighbours(
            List.of(
                new Neighbours.Network(ip("10.1.2.3"), 20),
                new Neighbours.Network(ip("fd00::2"), 64)));
    for (String near : List.of("10.1.0.1", "10.1.15.255", "fd00::1:2", "fe80::1", "169.254.3.4")) {
      assertThat(neighbours.isNeighbour(ip(near))).as(near).isTrue();
    }
    for (String far : List.of("10.1.16.1", "8.8.8.8", "fd00:0:0:1::2", "2001:db8::1")) {
      assertThat(neighbours.isNeighbour(ip(far))).as(far).isFalse();
    }
    assertThat(neighbours.isThisMachine(ip("10.1.2.3"))).isTrue();
    assertThat(neighbours.isThisMachine(ip("127.0.0.5"))).isTrue();
    assertThat(neighbours.isThisMachine(ip("10.1.2.4"))).isFalse();
  }
}
