package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Multiaddr;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Looking up {@code /dnsaddr} with a DNS server of the test's own. */
@Timeout(60)
class DnsAddressesTest {
  private static final String ONE = "/ip4/1.1.1.1/tcp/1/p2p/" + Ctl.ONE;
  private static final String TWO = "/dns4/two.example/tcp/2/p2p/" + Ctl.TWO;

  private static List<String> resolve(Map<String, List<String>> records, String address)
      throws UnknownHostException {
    try (FakeDns dns = FakeDns.of(records)) {
      return new DnsAddresses(dns.url())
          .resolve(Multiaddr.parse(address)).stream().map(Multiaddr::toString).toList();
    }
  }

  @Test
  void addressesOfOtherKindsLeadToThemselves() throws UnknownHostException {
    assertThat(resolve(Map.of(), ONE)).containsExactly(ONE);
  }

  @Test
  void recordsThatCanBeUsedAreTaken() throws UnknownHostException {
    List<String> records =
        List.of(
            "dnsaddr=" + ONE,
            "dnsaddr=/ip4/1.1.1.1/udp/1/quic-v1/p2p/" + Ctl.ONE,
            "dnsaddr=/ip4/1.1.1.1/tcp/1",
            "dnsaddr=/what/is/this",
            "v=spf1",
            "dnsaddr=" + TWO);
    assertThat(resolve(Map.of("_dnsaddr.a.example", records), "/dnsaddr/a.example"))
        .containsExactlyInAnyOrder(ONE, TWO);
  }

  @Test
  void onlyTheNamedPeerIsTaken() throws UnknownHostException {
    List<String> records = List.of("dnsaddr=" + ONE, "dnsaddr=" + TWO);
    String address = "/dnsaddr/a.example/p2p/" + Ctl.TWO;
    assertThat(resolve(Map.of("_dnsaddr.a.example", records), address)).containsExactly(TWO);
  }

  @Test
  void namesLeadToOtherNames() throws UnknownHostException {
    Map<String, List<String>> records =
        Map.of(
            "_dnsaddr.a.example", List.of("dnsaddr=/dnsaddr/b.example/p2p/" + Ctl.ONE),
            "_dnsaddr.b.example", List.of("dnsaddr=" + ONE, "dnsaddr=" + TWO));
    assertThat(resolve(records, "/dnsaddr/a.example")).containsExactly(ONE);
  }

  @Test
  void namesThatLeadToThemselvesEnd() {
    Map<String, List<String>> records =
        Map.of("_dnsaddr.a.example", List.of("dnsaddr=/dnsaddr/a.example"));
    assertThatThrownBy(() -> resolve(records, "/dnsaddr/a.example"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("leads to no TCP address");
  }

  @Test
  void unknownNamesAreToldOf() {
    assertThatThrownBy(() -> resolve(Map.of(), "/dnsaddr/a.example"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("_dnsaddr.a.example");
  }
}
