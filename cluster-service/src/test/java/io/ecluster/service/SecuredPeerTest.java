package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and passwords of the real daemon, as upstream's suite tries them (t0040 to t0043). */
class SecuredPeerTest {
  private static final String NO_AUTH =
      "{\"code\":401,\"message\":\"unauthorized: no auth provided\"}\n";
  private static final String DENIED =
      "{\"code\":401,\"message\":\"unauthorized: access denied\"}\n";

  @TempDir Path folder;

  @Test
  void tlsIsSpokenAndEnforced() throws Exception {
    try (SecuredPeer peer = SecuredPeer.start(folder, true, false)) {
      HttpResponse<String> answer = peer.get(true, "/id", "");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(SecuredPeer.idIn(answer)).isEqualTo(peer.id());
      assertThatThrownBy(() -> peer.get(false, "/id", "")).isInstanceOf(IOException.class);
      assertThat(peer.get(true, "/id", "").statusCode()).as("and others are served").isEqualTo(200);
    }
  }

  @Test
  void withoutCertificateThereIsNoTls() throws Exception {
    try (SecuredPeer peer = SecuredPeer.start(folder, false, true)) {
      assertThatThrownBy(() -> peer.get(true, "/id", SecuredPeer.USER))
          .isInstanceOf(IOException.class);
      assertPasswordIsAskedFor(peer, false);
    }
  }

  @Test
  void tlsAndPasswordsGoTogether() throws Exception {
    try (SecuredPeer peer = SecuredPeer.start(folder, true, true)) {
      assertPasswordIsAskedFor(peer, true);
    }
  }

  private static void assertPasswordIsAskedFor(SecuredPeer peer, boolean https) throws Exception {
    HttpResponse<String> without = peer.get(https, "/id", "");
    assertThat(without.statusCode()).isEqualTo(401);
    assertThat(without.body()).isEqualTo(NO_AUTH);
    for (String user : new String[] {"testuser:badpass", "baduser:testpass", "testuser:"}) {
      HttpResponse<String> wrong = peer.get(https, "/id", user);
      assertThat(wrong.statusCode()).isEqualTo(401);
      assertThat(wrong.body()).isEqualTo(DENIED);
    }
    assertThat(peer.get(https, "/nowhere", "").statusCode()).isEqualTo(401);
    assertThat(peer.get(https, "/health", "").statusCode()).isEqualTo(204);
    HttpResponse<String> right = peer.get(https, "/id", SecuredPeer.USER);
    assertThat(right.statusCode()).isEqualTo(200);
    assertThat(SecuredPeer.idIn(right)).isEqualTo(peer.id());
    assertThat(peer.process().log())
        .contains("\"GET /nowhere HTTP/1.1\" 401")
        .doesNotContain("testpass", "badpass", "Authorization");
  }

  @Test
  void ourClientGetsThroughOnAllWays() throws Exception {
    try (SecuredPeer peer = SecuredPeer.start(folder, true, true)) {
      String id = peer.id();
      String[] user = {"--basic-auth", SecuredPeer.USER};
      for (String[] way :
          new String[][] {
            {"--host", peer.address(), "--https", "--no-check-certificate"},
            {"--host", peer.libp2pAddress(), "--force-http"}
          }) {
        Command refused = Command.run(folder, way, new String[0]);
        assertThat(refused.exitCode()).as(refused.out()).isEqualTo(2);
        assertThat(refused.out()).contains("Code: 401", "unauthorized: no auth provided");
        Command told = Command.run(folder, way, user);
        assertThat(told.exitCode()).as(told.out()).isZero();
        // Loggers of the test print into it, too.
        assertThat(told.out().lines()).anyMatch(line -> line.startsWith(id + " | "));
      }
    }
  }

  /** {@code ipfs-cluster-ctl … id} in a process of its own, and how it ended. */
  private record Command(int exitCode, String out) {
    static Command run(Path folder, String[] way, String[] user) throws Exception {
      List<String> words =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "io.ecluster.ctl.Main"));
      words.addAll(List.of(way));
      words.addAll(List.of(user));
      words.add("id");
      Path out = Files.createTempFile(folder, "ctl", ".out");
      Process process =
          new ProcessBuilder(words)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectOutput(out.toFile())
              .start();
      try {
        assertThat(process.waitFor(PeerProcesses.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Command(process.exitValue(), Files.readString(out));
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
