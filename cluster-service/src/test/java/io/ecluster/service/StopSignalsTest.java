package io.ecluster.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a daemon answers signals. */
class StopSignalsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"-INT", "-TERM", "-HUP"})
  void oneStopsItInGoodOrder(String signal) throws IOException, InterruptedException {
    try (PeerProcesses peers = new PeerProcesses(folder)) {
      peers.start(1);
      PeerProcess peer = peers.get(0);
      peer.signal(signal);
      assertThat(peer.exitCode()).as(peer.logTail(10)).isZero();
      assertThat(peer.log()).contains("stopping");
      assertThat(folder.resolve("peer0/cluster.lock")).doesNotExist();
    }
  }

  @Test
  void threeEndItAtOnce() throws IOException, InterruptedException {
    try (PeerProcesses peers = new PeerProcesses(folder)) {
      peers.start(1);
      PeerProcess peer = peers.get(0);
      peer.pause(); // so that all three come together
      peer.signal("-INT");
      peer.signal("-TERM");
      peer.signal("-HUP");
      peer.resume();
      assertThat(peer.exitCode()).as(peer.logTail(10)).isEqualTo(1);
    }
  }
}
