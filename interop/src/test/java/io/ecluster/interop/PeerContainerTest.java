package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@NeedsDocker
class PeerContainerTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final String SWARM_KEY = "/key/swarm/psk/1.0.0/\n/base16/\n" + "cd".repeat(32);

  private final PeerContainer container = new PeerContainer();

  @AfterEach
  void remove() {
    container.close();
  }

  @Test
  void tellsItsVersionSoonAndMakesNoPeer() {
    long begun = System.nanoTime();
    assertThat(container.runOnce(List.of(), "version").ok()).endsWith("1.1.6");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
    String files = container.runOnce(List.of("--entrypoint", "ls"), "/data/ipfs-cluster").ok();
    assertThat(files).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--user=0:0", "--user=1000:100"})
  void runsAsTheUserIpfsAndStopsCleanly(String user) {
    container.start(user);
    container.awaitHealthy();
    assertThat(container.sh("stat -c %u:%g /proc/$(pidof java)")).isEqualTo("1000:100");
    assertThat(container.sh("cat /proc/1/comm")).isEqualTo("tini");

    long begun = System.nanoTime();
    container.stop();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
    assertThat(container.inspect("{{.State.ExitCode}}")).isEqualTo("0");
    assertThat(container.logs()).contains("Daemon stopping");
  }

  @Test
  void isTheSamePeerWhenStartedAgain() {
    container.start();
    container.awaitHealthy();
    String id = container.sh("ipfs-cluster-ctl id");
    container.stop();
    container.startAgain();
    container.awaitHealthy();
    String again = container.sh("ipfs-cluster-ctl id");
    assertThat(again.substring(0, again.indexOf(' ')))
        .startsWith("12D3KooW")
        .isEqualTo(id.substring(0, id.indexOf(' ')));
  }

  @Test
  void leavesNoZombies() {
    container.start();
    container.awaitHealthy();
    // A child whose parent is gone: whoever is process 1 has to take its end.
    container.sh("sh -c 'sleep 0.2 & echo $! > /tmp/orphan'");
    Awaitility.await("the orphan's end is taken")
        .atMost(SOON)
        .until(() -> container.sh("[ -e /proc/$(cat /tmp/orphan) ] || echo gone").equals("gone"));
    assertThat(container.sh("cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z ' || true"))
        .isEqualTo("0");
  }

  @Test
  void runsOnReadOnlyFiles() {
    container.start("--read-only");
    container.awaitHealthy();
    assertThat(container.sh("ipfs-cluster-ctl id")).contains("12D3KooW");
  }

  @Test
  void saysWhoCannotWriteToTheFolder() {
    Command.Result result = container.runOnce(List.of("--user=2000:2000"), "daemon");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.text()).contains("user 2000 cannot write to /data/ipfs-cluster");
  }

  @Test
  void takesOverAFolderOfAnotherUser() {
    container
        .runOnce(List.of("--user=0:0", "--entrypoint", "chown"), "7:7", "/data/ipfs-cluster")
        .ok();
    container.start();
    container.awaitHealthy();
    assertThat(container.sh("stat -c %u /data/ipfs-cluster/service.json")).isEqualTo("1000");
  }

  @Test
  void tracesWithoutSecrets() {
    container.start("-e", "DOCKER_DEBUG=1", "-e", "IPFS_SWARM_KEY=" + SWARM_KEY);
    container.awaitHealthy();
    assertThat(container.logs())
        .contains("+ exec ipfs-cluster-service daemon")
        .doesNotContain("abababab")
        .doesNotContain("cdcdcdcd");
    assertThat(container.sh("cat $IPFS_CLUSTER_PATH/swarm.key")).isEqualTo(SWARM_KEY);
    assertThat(container.sh("stat -c %a $IPFS_CLUSTER_PATH/swarm.key")).isEqualTo("600");
  }
}
