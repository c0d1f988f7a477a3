package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Configurations fetched from a server in this process. */
class RemoteConfigTest {
  private static final String CONFIG =
      "{\"cluster\":{\"peername\":\"far\"},\"consensus\":{\"crdt\":{}}}";

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/good", 200, CONFIG);
    answer("/nested", 200, "{\"source\":\"http://elsewhere\"}");
    answer("/missing", 404, "no");
    answer("/nonsense", 200, "<html>");
    answer("/large", 200, " ".repeat(2 << 20));
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/good");
          exchange.sendResponseHeaders(302, -1);
        });
    server.start();
  }

  private void answer(String path, int status, String body) {
    server.createContext(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String source(String path) {
    return "{\"source\":\"http://127.0.0.1:" + server.getAddress().getPort() + path + "\"}";
  }

  @Test
  void aConfigurationWithoutSourceIsWhatItIs() {
    assertThat(RemoteConfig.resolve(CONFIG)).isEqualTo(CONFIG);
  }

  @Test
  void aConfigurationIsFetchedAndTheEnvironmentStillApplies() {
    assertThat(RemoteConfig.resolve(source("/good"))).isEqualTo(CONFIG);
    assertThat(RemoteConfig.resolve(source("/moved"))).isEqualTo(CONFIG);
    Settings settings =
        Settings.load(RemoteConfig.resolve(source("/good")), Map.of("CLUSTER_PEERNAME", "near"));
    assertThat(settings.cluster().peerName()).isEqualTo("near");
  }

  @Test
  void whatIsNoConfigurationIsRefused() {
    assertThatThrownBy(() -> RemoteConfig.resolve(source("/nested")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("refers to another one");
    assertThatThrownBy(() -> RemoteConfig.resolve(source("/missing")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("404");
    assertThatThrownBy(() -> RemoteConfig.resolve(source("/nonsense")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> RemoteConfig.resolve(source("/large")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("more than");
    assertThatThrownBy(() -> RemoteConfig.resolve("{\"source\":\"nonsense\"}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("nonsense");
  }

  @Test
  void aSourceThatDoesNotAnswerMayDoSoLater() {
    String gone = source("/good");
    server.stop(0);
    assertThatThrownBy(() -> RemoteConfig.resolve(gone))
        .isInstanceOf(RemoteConfig.Unreachable.class)
        .hasMessageStartingWith("could not fetch configuration from source http://127.0.0.1:");
  }
}
