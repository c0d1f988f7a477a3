package io.ecluster.ipfs.kubo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.multiformats.Multiaddr;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KuboEndpointTest {
  @ParameterizedTest
  @CsvSource({
    "/ip4/127.0.0.1/tcp/5001,             http://127.0.0.1:5001",
    "/ip4/127.0.0.1/tcp/5001/http,        http://127.0.0.1:5001",
    "/ip4/127.0.0.1/tcp/5001/https,       https://127.0.0.1:5001",
    "/ip4/127.0.0.1/tcp/5001/tls/http,    https://127.0.0.1:5001",
    "/ip6/::1/tcp/5001,                   http://[::1]:5001",
    "/ip6/fe80::1/tcp/443/https,          https://[fe80::1]:443",
    "/dns/kubo/tcp/5001,                  http://kubo:5001",
    "/dns4/kubo.example.org/tcp/80,       http://kubo.example.org:80",
    "/dns6/kubo.example.org/tcp/80/tls,   https://kubo.example.org:80"
  })
  void isWhereHttpClientsConnectTo(String address, String base) {
    KuboEndpoint endpoint = KuboEndpoint.of(Multiaddr.parse(address), false);
    assertThat(endpoint.base()).isEqualTo(base);
    assertThat(endpoint.socket()).isEmpty();
    String secure = KuboEndpoint.of(Multiaddr.parse(address), true).base();
    assertThat(secure).isEqualTo(base.replaceFirst("^http:", "https:"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/unix/run/kubo.sock", "/unix//run/kubo.sock"})
  void isASocketOfThisMachine(String address) {
    KuboEndpoint endpoint = KuboEndpoint.of(Multiaddr.parse(address), false);
    assertThat(endpoint.base()).isEqualTo("http://localhost");
    assertThat(endpoint.socket()).contains(Path.of("/run/kubo.sock"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ip4/127.0.0.1",
        "/ip4/127.0.0.1/udp/5001",
        "/tcp/5001",
        "/dnsaddr/kubo/tcp/5001",
        "/p2p-circuit/tcp/80",
        "/dns4/user@kubo/tcp/80",
        "/dns4/not a host/tcp/80",
        "/dns4/-/tcp/80"
      })
  void refusesWhatItCannotConnectTo(String address) {
    Multiaddr parsed = Multiaddr.parse(address);
    assertThatThrownBy(() -> KuboEndpoint.of(parsed, false))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("cannot reach Kubo at " + address);
  }
}
