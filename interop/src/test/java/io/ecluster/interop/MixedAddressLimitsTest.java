package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A Go peer takes eight connections from one address, and after sixteen one in five seconds. Not on
 * loopback, so this needs another address of the machine.
 */
@NeedsKubo
@NeedsGoCluster
class MixedAddressLimitsTest {
  private static final int RESTARTS = 12;
  private static final int MORE_THAN_GO_TAKES = 40;

  /** Go grants one connection in five seconds by then; pauses between ours double. */
  private static final int MOST_REFUSALS = 10;

  private static final String ACCEPTED = "listener accepted connection";
  private static final String REFUSED = "resource manager blocked";

  /** From which this machine reaches others; nothing is sent to find out. */
  private static Optional<String> address() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress("198.51.100.1", 9));
      return Optional.of(socket.getLocalAddress())
          .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
          .map(InetAddress::getHostAddress);
    } catch (UncheckedIOException | SocketException e) {
      return Optional.empty(); // no route
    }
  }

  private static long count(GoMember go, String text) {
    return go.log().lines().filter(line -> line.contains(text)).count();
  }

  @Test
  void aPeerThatRestartsFastIsNotRefusedAndOneThatWasRefusedComesBack() throws IOException {
    Optional<String> address = address();
    Assumptions.assumeTrue(address.isPresent(), "this machine has no address beside loopback");
    PeerProcesses ports = new PeerProcesses(Path.of(""));
    int port = ports.freePort();
    String listen = "/ip4/" + address.orElseThrow() + "/tcp/";
    try (MixedCluster cluster = new MixedCluster(1)) {
      GoMember go =
          cluster.go(
              "go",
              Map.of(
                  "CLUSTER_LISTENMULTIADDRESS",
                  listen + port,
                  "GOLOG_LOG_LEVEL",
                  "info,upgrader=debug"));
      OurMember ours =
          cluster.embedded("ours", Map.of("CLUSTER_LISTENMULTIADDRESS", listen + ports.freePort()));
      cluster.start();
      for (int i = 0; i < RESTARTS; i++) {
        ours.kill();
        startAgain(ours, go);
      }
      assertThat(count(go, ACCEPTED)).isGreaterThan(RESTARTS / 2); // Go may be first to dial
      assertThat(count(go, REFUSED)).as("%s", go.log()).isZero();
      comesBackAfterRefusals(ours, go, address.orElseThrow(), port);
    }
  }

  private static void startAgain(OurMember ours, GoMember go) {
    ours.start("--bootstrap", go.clusterAddress());
    PeerProcesses.await("the Go peer is seen", () -> ours.members().contains(go.id()));
  }

  /** Others at the same address use up what Go grants it. */
  private static void comesBackAfterRefusals(OurMember ours, GoMember go, String address, int port)
      throws IOException {
    ours.kill();
    connectOften(go, address, port);
    long before = count(go, REFUSED);
    startAgain(ours, go);
    PeerProcesses.await("the Go peer sees it", () -> go.members().contains(ours.id()));
    assertThat(count(go, REFUSED) - before).as("%s", go.log()).isLessThan(MOST_REFUSALS);
  }

  private static void connectOften(GoMember go, String address, int port) throws IOException {
    long all = met(go) + MORE_THAN_GO_TAKES;
    for (int i = 0; i < MORE_THAN_GO_TAKES; i++) {
      try (Socket socket = new Socket(address, port)) {
        socket.shutdownOutput();
      }
    }
    PeerProcesses.await("it has met all", () -> met(go) >= all);
    assertThat(count(go, REFUSED)).as("%s", go.log()).isPositive();
  }

  /** Connections that it took or refused. */
  private static long met(GoMember go) {
    return count(go, "listener got connection") + count(go, REFUSED);
  }
}
