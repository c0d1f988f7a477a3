package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTPS, with a certificate that nobody has signed, and proxies. */
@Timeout(60)
class HttpRouteTest {
  private static final byte[] FINE = FakeApi.json(200, "{\"ok\":true}");
  private static final Object OK = Map.of("ok", true);

  @TempDir static Path folder;
  private static Path keys = Path.of("");

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TlsTerminator.makeKeys(folder);
  }

  private static TlsTerminator secure(FakeApi api) throws Exception {
    return TlsTerminator.before(Multiaddr.parse(api.address()), keys);
  }

  private static ApiClient client(String address, Optional<Tls> tls, Optional<ProxyServer> proxy) {
    Route route = new HttpRoute(Endpoint.parse(address), tls, proxy);
    return new ApiClient(List.of(route), Optional.empty(), Duration.ZERO);
  }

  @Test
  void aCertificateIsCheckedUnlessToldNotTo() throws Exception {
    try (FakeApi api = FakeApi.answering(FINE);
        TlsTerminator tls = secure(api)) {
      Tls javas = Tls.checking(Optional.empty());
      assertThatThrownBy(
              () -> client(tls.address(), Optional.of(javas), Optional.empty()).call("GET", "/id"))
          .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isZero());
      assertThat(api.requests()).isEmpty();
      Tls any = Tls.unchecked();
      assertThat(client(tls.address(), Optional.of(any), Optional.empty()).call("GET", "/id"))
          .isEqualTo(OK);
    }
  }

  @Test
  void anAuthorityOfOnesOwnIsTrustedForItsHostsOnly() throws Exception {
    Tls own = Tls.checking(Optional.of(TlsTerminator.certificate(keys)));
    try (FakeApi api = FakeApi.answering(FINE);
        TlsTerminator tls = secure(api)) {
      assertThat(client(tls.address(), Optional.of(own), Optional.empty()).call("GET", "/id"))
          .isEqualTo(OK);
      String otherName = tls.address().replace("/ip4/127.0.0.1", "/dns4/localhost");
      assertThatThrownBy(
              () -> client(otherName, Optional.of(own), Optional.empty()).call("GET", "/id"))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("localhost");
    }
  }

  @Test
  void uploadsGoByHttpsToo() throws Exception {
    try (FakeApi api = FakeApi.answering(FINE);
        TlsTerminator tls = secure(api)) {
      byte[] large = new byte[1_000_000];
      client(tls.address(), Optional.of(Tls.unchecked()), Optional.empty())
          .upload("/add", "x/y", out -> out.write(large), _ -> {});
      assertThat(api.onlyRequest().body()).isEqualTo(large);
    }
  }

  @Test
  void aServerThatSpeaksNoTlsIsToldOf() {
    try (FakeApi api = FakeApi.answering(FINE)) {
      assertThatThrownBy(() ->
              client(api.address(), Optional.of(Tls.unchecked()), Optional.empty())
                  .call("GET", "/id"))
          .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isZero());
    }
  }

  @Test
  void aHandshakeThatDoesNotEndIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String address = "/ip4/127.0.0.1/tcp/" + silent.getLocalPort();
      Route route =
          new HttpRoute(Endpoint.parse(address), Optional.of(Tls.unchecked()), Optional.empty());
      ApiClient client = new ApiClient(List.of(route), Optional.empty(), Duration.ofMillis(200));
      assertThatThrownBy(() -> client.call("GET", "/id"))
          .isInstanceOf(ApiException.class)
          .hasMessage("no answer within the time given");
    }
  }

  @Test
  void authoritiesThatCannotBeReadAreToldOf() {
    assertThatThrownBy(() -> Tls.checking(Optional.of(folder.resolve("none.pem"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none.pem");
  }

  @Test
  void aProxyIsToldTheHost() {
    try (FakeApi api = FakeApi.answering(FINE);
        FakeProxy proxy = FakeProxy.before(api.address())) {
      String elsewhere = "/dns4/api.example/tcp/9094";
      ProxyServer through = proxy(proxy, Optional.of("me:secret"));
      assertThat(client(elsewhere, Optional.empty(), Optional.of(through)).call("GET", "/id?a=b"))
          .isEqualTo(OK);
      assertThat(proxy.heads().getFirst())
          .startsWith("GET http://api.example:9094/id?a=b HTTP/1.1\r\nHost: api.example:9094\r\n")
          .contains("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n");
    }
  }

  @Test
  void httpsGoesThroughATunnel() throws Exception {
    try (FakeApi api = FakeApi.answering(FINE);
        TlsTerminator tls = secure(api);
        FakeProxy proxy = FakeProxy.before(tls.address())) {
      ProxyServer through = proxy(proxy, Optional.of("me:secret"));
      String elsewhere = "/dns4/api.example/tcp/443";
      ApiClient client = client(elsewhere, Optional.of(Tls.unchecked()), Optional.of(through));
      assertThat(client.call("GET", "/id")).isEqualTo(OK);
      assertThat(proxy.heads().getFirst())
          .hasLineCount(4)
          .startsWith("CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n")
          .endsWith("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n\r\n");
      assertThat(api.onlyRequest().headers()).doesNotContainKey("proxy-authorization");
    }
  }

  @Test
  void aProxyThatRefusesIsToldOf() {
    byte[] refusal = "HTTP/1.1 403 Forbidden\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    try (FakeApi proxy = FakeApi.answering(refusal)) {
      int port = Integer.parseInt(proxy.address().replaceAll(".*/", ""));
      ProxyServer through =
          new ProxyServer(InetSocketAddress.createUnresolved("127.0.0.1", port), Optional.empty());
      Optional<Tls> tls = Optional.of(Tls.unchecked());
      assertThatThrownBy(
              () -> client("/dns4/a.b/tcp/443", tls, Optional.of(through)).call("GET", "/id"))
          .isInstanceOf(ApiException.class)
          .hasMessageContaining("a.b:443")
          .hasMessageContaining("403");
    }
  }

  private static ProxyServer proxy(FakeProxy proxy, Optional<String> credentials) {
    int port = Integer.parseInt(proxy.url().replaceAll(".*:", ""));
    return new ProxyServer(InetSocketAddress.createUnresolved("127.0.0.1", port), credentials);
  }
}
