package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.FormatException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @ParameterizedTest
  @CsvSource({
    "/ip4/127.0.0.1/tcp/9094, 127.0.0.1:9094",
    "/ip6/::1/tcp/9094, [::1]:9094",
    "/dns4/example.org/tcp/80, example.org:80",
    "/dns6/example.org/tcp/80, example.org:80",
    "/dns/example.org/tcp/80, example.org:80",
    "/unix/run/api-socket, localhost"
  })
  void addressesNameAHost(String address, String hostHeader) {
    assertThat(Endpoint.parse(address).hostHeader()).isEqualTo(hostHeader);
  }

  @ParameterizedTest
  @CsvSource({"/unix/run/api, /run/api", "/unix//run/api, /run/api"})
  void socketPathsAreAbsolute(String address, String path) {
    assertThat(Endpoint.parse(address).address()).isEqualTo(UnixDomainSocketAddress.of(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1:9094",
        "http://127.0.0.1:9094",
        "/ip4/127.0.0.1",
        "/ip4/127.0.0.1/udp/9094/quic",
        "/ip4/127.0.0.1/tcp/99999",
        "/ip4/127.0.0.1/tcp/9096/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5",
        "/tcp/9094"
      })
  void otherAddressesAreRefused(String address) {
    assertThatThrownBy(() -> Endpoint.parse(address)).isInstanceOf(FormatException.class);
  }

  @ParameterizedTest
  @CsvSource({"/dns4/localhost/tcp/80, 127.0.0.1", "/ip6/::1/tcp/80, 0:0:0:0:0:0:0:1"})
  void namesAreLookedUp(String address, String ip) throws UnknownHostException {
    assertThat(Endpoint.parse(address).addresses())
        .extracting(found -> ((InetSocketAddress) found).getAddress().getHostAddress())
        .containsExactly(ip);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dns4/no-such-host.invalid/tcp/80", "/dns6/127.0.0.1/tcp/80"})
  void namesWithoutSuchAnAddressAreToldOf(String address) {
    assertThatThrownBy(() -> Endpoint.parse(address).addresses())
        .isInstanceOf(UnknownHostException.class);
  }
}
