package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyServerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP_PROXY=http://p:3128 | false | api.example | p:3128",
        "http_proxy=p:3128 | false | api.example | p:3128",
        "HTTP_PROXY=http://p | false | api.example | p:80",
        "HTTP_PROXY=http://me:pw@[::1]:8 | false | api.example | ::1:8 as me:pw",
        "HTTP_PROXY=a:1 http_proxy=b:2 | false | api.example | a:1",
        "HTTP_PROXY=p:1 | true | api.example | ''",
        "HTTPS_PROXY=p:1 | true | api.example | p:1",
        "HTTP_PROXY=p:1 REQUEST_METHOD=GET | false | api.example | ''",
        "HTTP_PROXY=p:1 | false | localhost | ''",
        "HTTP_PROXY=p:1 | false | 127.0.0.1 | ''",
        "HTTP_PROXY=p:1 | false | ::1 | ''",
        "HTTP_PROXY=p:1 NO_PROXY=* | false | api.example | ''",
        "HTTP_PROXY=p:1 NO_PROXY=example | false | api.example | ''",
        "HTTP_PROXY=p:1 NO_PROXY=.example | false | api.example | ''",
        "HTTP_PROXY=p:1 no_proxy=API.example | false | api.Example | ''",
        "HTTP_PROXY=p:1 NO_PROXY=api.example:9094 | false | api.example | ''",
        "HTTP_PROXY=p:1 NO_PROXY=api.example:1 | false | api.example | p:1",
        "HTTP_PROXY=p:1 NO_PROXY=ample | false | api.example | p:1",
        "HTTP_PROXY=p:1 NO_PROXY=10.1.2.3 | false | 10.1.2.3 | ''",
        "HTTP_PROXY=p:1 NO_PROXY=10.0.0.0/8 | false | 10.1.2.3 | ''",
        "HTTP_PROXY=p:1 NO_PROXY=10.0.0.0/16 | false | 10.1.2.3 | p:1",
        "HTTP_PROXY=p:1 NO_PROXY=fd00::/8 | false | fdab::1 | ''",
        "HTTP_PROXY=p:1 NO_PROXY=10.0.0.0/8 | false | fdab::1 | p:1",
        "HTTP_PROXY=p:1 NO_PROXY=10.0.0.0/99,x/y | false | 10.0.0.1 | p:1",
        "X=y | false | api.example | ''"
      })
  void theEnvironmentSaysWhich(String environment, boolean https, String host, String expected) {
    String found =
        ProxyServer.forHost(variables(environment), https, host, 9094)
            .map(ProxyServerTest::text)
            .orElse("");
    assertThat(found).isEqualTo(expected);
  }

  private static String text(ProxyServer proxy) {
    return proxy.address().getHostString()
        + ":"
        + proxy.address().getPort()
        + proxy.credentials().map(pair -> " as " + pair).orElse("");
  }

  private static Map<String, String> variables(String environment) {
    Map<String, String> variables = new HashMap<>();
    for (String pair : environment.split(" ")) {
      variables.put(pair.split("=", 2)[0], pair.split("=", 2)[1]);
    }
    return variables;
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://me:pw@p:1", "https://p:1", "http://", "http://me:pw@:1"})
  void otherProxiesAreRefusedWithoutTellingPasswords(String url) {
    Map<String, String> environment = Map.of("HTTP_PROXY", url);
    assertThatThrownBy(() -> ProxyServer.forHost(environment, false, "api.example", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("pw");
    assertThat(ProxyServer.forHost(environment, false, "localhost", 1)).isEqualTo(Optional.empty());
  }
}
