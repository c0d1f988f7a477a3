package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.FakeApi;
import io.ecluster.client.FakeProxy;
import io.ecluster.client.TlsTerminator;
import io.ecluster.multiformats.Multiaddr;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which options lead to which kind of connection. */
class HostsTest {
  private static final byte[] VERSION = FakeApi.json(200, "{\"version\":\"x\"}");
  private static final Ctl.Result FINE = new Ctl.Result(0, "x\n", "");

  @TempDir static Path folder;
  private static Path keys = Path.of("");

  @BeforeAll
  static void makeKeys() throws Exception {
    keys = TlsTerminator.makeKeys(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "--https --no-check-certificate, false",
    "-s --no-check-certificate, false",
    "--basic-auth me:x --no-check-certificate, true",
    "-https --basic-auth me:x -no-check-certificate, false"
  })
  void httpsIsUsedWhenAskedForOrWithCredentials(String options, boolean warned) throws Exception {
    try (FakeApi api = FakeApi.answering(VERSION);
        TlsTerminator tls = TlsTerminator.before(Multiaddr.parse(api.address()), keys)) {
      Ctl.Result result = Ctl.run(Map.of(), Ctl.words(options, "--host", tls.address(), "version"));
      assertThat(result.out()).isEqualTo("x\n");
      assertThat(result.err().startsWith("WARN cluster-ctl: HTTPS is used")).isEqualTo(warned);
    }
  }

  @Test
  void credentialsOfTheEnvironmentImplyHttpsToo() throws Exception {
    Map<String, String> environment = Map.of("CLUSTER_CREDENTIALS", "me:x");
    try (FakeApi api = FakeApi.answering(VERSION);
        TlsTerminator tls = TlsTerminator.before(Multiaddr.parse(api.address()), keys)) {
      String[] line = {"--no-check-certificate", "--host", tls.address(), "version"};
      assertThat(Ctl.run(environment, line).out()).isEqualTo("x\n");
      String[] plain = {"--force-http", "--host", api.address(), "version"};
      assertThat(Ctl.run(environment, plain)).isEqualTo(FINE);
      assertThat(api.requests())
          .allSatisfy(
              r -> assertThat(r.headers()).containsEntry("authorization", "Basic bWU6eA=="));
    }
  }

  @Test
  void certificatesAreCheckedAgainstTheFileOfTheEnvironment() throws Exception {
    String pem = TlsTerminator.certificate(keys).toString();
    try (FakeApi api = FakeApi.answering(VERSION);
        TlsTerminator tls = TlsTerminator.before(Multiaddr.parse(api.address()), keys)) {
      String[] line = {"--https", "--host", tls.address(), "version"};
      assertThat(Ctl.run(Map.of("SSL_CERT_FILE", pem), line)).isEqualTo(FINE);
      Ctl.Result refused = Ctl.run(Map.of(), line);
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.out()).startsWith("An error occurred:\n  Code: 0\n  Message: ");
      Ctl.Result missing = Ctl.run(Map.of("SSL_CERT_FILE", folder + "/none"), line);
      assertThat(missing.err()).startsWith("error creating API client: ").contains("none");
    }
  }

  @Test
  void unixSocketsStayPlainWhateverIsSaid() throws Exception {
    Path socket = Files.createTempDirectory("api").resolve("s");
    try (FakeApi api = FakeApi.onUnixSocket(socket, (_, out) -> out.write(VERSION))) {
      for (List<String> options : List.of(List.of("--https"), List.of("--basic-auth", "me:x"))) {
        String[] line = Ctl.words(String.join(" ", options), "--host", api.address(), "version");
        assertThat(Ctl.run(Map.of(), line)).isEqualTo(FINE);
      }
    }
  }

  @Test
  void proxiesOfTheEnvironmentAreUsed() {
    try (FakeApi api = FakeApi.answering(VERSION);
        FakeProxy proxy = FakeProxy.before(api.address())) {
      Map<String, String> environment = Map.of("http_proxy", proxy.url());
      String elsewhere = "/dns4/api.example/tcp/9094";
      assertThat(Ctl.run(environment, "--host", elsewhere, "version")).isEqualTo(FINE);
      assertThat(proxy.heads()).hasSize(1);
      assertThat(Ctl.run(environment, "--host", api.address(), "version")).isEqualTo(FINE);
      assertThat(proxy.heads()).as("not for this machine").hasSize(1);
    }
  }

  @Test
  void debugTellsOfRequestsButNotOfCredentials() {
    try (FakeApi api = FakeApi.answering(VERSION)) {
      Ctl.Result result =
          Ctl.run(api, "--debug", "--force-http", "--basic-auth", "me:hidden", "version");
      assertThat(result.out()).isEqualTo("x\n");
      assertThat(result.err()).matches("DEBUG GET http://127.0.0.1:\\d+/version\n");
    }
  }
}
