package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.SecuredPeer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Go's client against our daemon with TLS, with passwords and over libp2p: upstream's t0040 to
 * t0043.
 */
@NeedsGoCluster
class GoCtlSecuredTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  private static Command.Result ctl(
      Map<String, String> environment, String host, String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                RealProgram.GO_CLUSTER.path().resolve("ipfs-cluster-ctl").toString(),
                "--host",
                host));
    words.addAll(List.of(arguments));
    return new Command(environment).run(PATIENCE, words);
  }

  private static void assertIdIsTold(Command.Result result, SecuredPeer peer) throws IOException {
    assertThat(result.code()).as(result.text()).isZero();
    assertThat(result.text()).startsWith(peer.id() + " | ");
  }

  private static void assertRefused(Command.Result result, String message) {
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.text()).contains("Code: 401", "Message: unauthorized: " + message);
  }

  @Test
  void itReadsOverTlsAndOnlyOverTls() throws Exception {
    try (SecuredPeer peer = SecuredPeer.start(folder, true, false)) {
      Map<String, String> none = Map.of();
      assertIdIsTold(ctl(none, peer.address(), "--https", "--no-check-certificate", "id"), peer);
      Command.Result checked = ctl(none, peer.address(), "--https", "id");
      assertThat(checked.code()).isEqualTo(1);
      assertThat(checked.text()).contains("certificate");
      assertThat(ctl(none, peer.address(), "id").code()).isEqualTo(1);
    }
  }

  @Test
  void itIsAskedForAPassword() throws Exception {
    try (SecuredPeer peer = SecuredPeer.start(folder, false, true)) {
      Map<String, String> none = Map.of();
      String host = peer.address();
      assertThat(ctl(none, host, "--https", "--no-check-certificate", "id").code()).isEqualTo(1);
      assertRefused(ctl(none, host, "id"), "no auth provided");
      assertRefused(
          ctl(none, host, "--force-http", "--basic-auth", "testuser:badpass", "id"),
          "access denied");
      assertRefused(
          ctl(none, host, "--force-http", "--basic-auth", "testuser", "id"), "access denied");
      assertIdIsTold(ctl(none, host, "--force-http", "--basic-auth", SecuredPeer.USER, "id"), peer);
      Map<String, String> environment = Map.of("CLUSTER_CREDENTIALS", SecuredPeer.USER);
      assertIdIsTold(ctl(environment, host, "--force-http", "id"), peer);
    }
  }

  @Test
  void tlsPasswordsAndLibp2pGoTogether() throws Exception {
    try (SecuredPeer peer = SecuredPeer.start(folder, true, true)) {
      Map<String, String> none = Map.of();
      String host = peer.address();
      assertRefused(ctl(none, host, "--https", "--no-check-certificate", "id"), "no auth provided");
      assertIdIsTold(
          ctl(none, host, "--no-check-certificate", "--basic-auth", SecuredPeer.USER, "id"), peer);
      Map<String, String> environment = Map.of("CLUSTER_CREDENTIALS", SecuredPeer.USER);
      assertIdIsTold(ctl(environment, host, "--no-check-certificate", "id"), peer);
      String libp2p = peer.libp2pAddress();
      assertRefused(ctl(none, libp2p, "id"), "no auth provided");
      assertIdIsTold(
          ctl(none, libp2p, "--force-http", "--basic-auth", SecuredPeer.USER, "id"), peer);
      Path file = Files.write(folder.resolve("f"), new byte[3_000_000]);
      Command.Result added =
          ctl(
              none,
              libp2p,
              "--force-http",
              "--basic-auth",
              SecuredPeer.USER,
              "add",
              "-Q",
              file.toString());
      assertThat(added.code()).as(added.text()).isZero();
      assertThat(added.text()).startsWith("Qm");
      Command.Result listed =
          ctl(none, libp2p, "--force-http", "--basic-auth", SecuredPeer.USER, "pin", "ls");
      assertThat(listed.text()).contains(added.text().strip());
    }
  }
}
