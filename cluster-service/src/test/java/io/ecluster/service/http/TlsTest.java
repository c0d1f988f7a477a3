package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.service.api.TestServer;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.HttpApiSettings.Timeouts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
  private static final String REQUEST = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";

  @TempDir Path folder;

  private TestServer server(String key) {
    return new TestServer().withTls(folder, "cert.pem", key).start();
  }

  private static SSLSocket socket(TestServer server, PemFiles files) throws Exception {
    SSLSocketFactory factory = files.clientContext().getSocketFactory();
    return (SSLSocket) factory.createSocket(InetAddress.getLoopbackAddress(), server.port());
  }

  private static int statusOver(TestServer server, PemFiles files) throws Exception {
    try (TestServer.Connection connection = new TestServer.Connection(socket(server, files))) {
      connection.send(REQUEST);
      return connection.answer("GET").status();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, 2048, RSA PRIVATE KEY",
    "EC, 256, EC PRIVATE KEY",
    "EC, 521, EC PRIVATE KEY",
    "Ed25519, '', ''"
  })
  void keysOfAllKindsAndFormsServe(String algorithm, String size, String oldForm) throws Exception {
    PemFiles files =
        size.isEmpty()
            ? PemFiles.make(folder, "-keyalg", algorithm)
            : algorithm.equals("EC")
                ? PemFiles.make(folder, "-keyalg", "EC", "-groupname", "secp" + size + "r1")
                : PemFiles.make(folder, "-keyalg", algorithm, "-keysize", size);
    try (TestServer server = server("key.pem")) {
      assertThat(statusOver(server, files)).isEqualTo(200);
    }
    if (!oldForm.isEmpty()) {
      files.writeOldForm(oldForm);
      try (TestServer server = server("old.pem")) {
        assertThat(statusOver(server, files)).isEqualTo(200);
      }
    }
  }

  @Test
  void connectionsAreKeptAndOldProtocolsRefused() throws Exception {
    PemFiles files = PemFiles.make(folder, "-keyalg", "EC");
    try (TestServer server = server("key.pem")) {
      try (SSLSocket socket = socket(server, files);
          TestServer.Connection connection = new TestServer.Connection(socket)) {
        for (int i = 0; i < 3; i++) {
          connection.send(REQUEST);
          assertThat(connection.answer("GET").status()).isEqualTo(200);
        }
        assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
      }
      try (SSLSocket socket = socket(server, files)) {
        socket.setEnabledProtocols(new String[] {"TLSv1.2"});
        socket.startHandshake();
        assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
      }
      try (SSLSocket socket = socket(server, files)) {
        socket.setEnabledProtocols(new String[] {"TLSv1.1"});
        assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
      }
    }
  }

  @Test
  void plainHttpIsNotServedBesideIt() throws Exception {
    PemFiles.make(folder, "-keyalg", "EC");
    try (TestServer server = server("key.pem");
        TestServer.Connection plain = server.connect()) {
      plain.send(REQUEST);
      byte[] said = plain.rest();
      assertThat(new String(said, StandardCharsets.UTF_8))
          .doesNotContain("200")
          .doesNotContain("version");
    }
  }

  @Test
  void aClientThatDoesNotShakeHandsIsDropped() throws Exception {
    PemFiles files = PemFiles.make(folder, "-keyalg", "EC");
    Timeouts limits =
        new Timeouts(Duration.ZERO, Duration.ofSeconds(3), Duration.ZERO, Duration.ofMinutes(2));
    try (TestServer server =
            new TestServer().withTls(folder, "cert.pem", "key.pem").with(limits).start();
        SSLSocket socket = socket(server, files);
        TestServer.Connection idle = new TestServer.Connection(socket)) {
      socket.startHandshake();
      try (TestServer.Connection silent = server.connect()) {
        assertThat(silent.read()).as("no handshake").isEqualTo(-1);
      }
      idle.send(REQUEST);
      assertThat(idle.answer("GET").status()).as("only idle").isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing.pem", "cert.pem", "garbage.pem", "other.pem"})
  void filesThatCannotBeUsedAreNamed(String key) throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    PemFiles.make(elsewhere, "-keyalg", "EC");
    Files.copy(elsewhere.resolve("key.pem"), folder.resolve("other.pem"));
    PemFiles.make(folder, "-keyalg", "RSA");
    Files.writeString(
        folder.resolve("garbage.pem"),
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
    assertThatThrownBy(() -> server(key))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key)
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void aCertificateThatIsNoneIsNamed() throws IOException {
    Files.writeString(folder.resolve("cert.pem"), "nothing");
    assertThatThrownBy(() -> server("key.pem"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cert.pem");
  }

  @Test
  void aUnixSocketSpeaksTlsToo() throws Exception {
    PemFiles.make(folder, "-keyalg", "EC");
    Path socket = Files.createTempDirectory("tls").resolve("s");
    try (TestServer server =
        new TestServer()
            .listening("/unix/" + socket, "/ip4/127.0.0.1/tcp/0")
            .withTls(folder, "cert.pem", "key.pem")
            .start()) {
      assertThat(server.addresses()).hasSize(2);
      try (SocketChannel plain = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
        plain.write(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.UTF_8)));
        ByteBuffer said = ByteBuffer.allocate(64);
        assertThat(plain.read(said)).isLessThan(64);
        assertThat(new String(said.array(), StandardCharsets.UTF_8)).doesNotContain("HTTP/1.1 200");
      }
    }
  }
}
