package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Kubo daemon that belongs to nobody reads coded files of a cluster whose peers have Kubo daemons
 * too, all in one private network: by the IPFS host that a daemon runs beside its Kubo.
 */
@NeedsKubo
@Timeout(180)
class KuboStrangerTest {
  private static final Optional<String> SWARM_KEY =
      Optional.of("00112233445566778899aabbccddeeff".repeat(2));

  @RegisterExtension static final KuboPeers CLUSTER = new KuboPeers(7, SWARM_KEY);

  @TempDir private Path folder;

  private final PeerProcesses peers = CLUSTER.peers();

  @Test
  void readsWhatTwoDeadPeersAndTheirKubosHeld() throws InterruptedException {
    byte[] file = Coded.bytes(1, (6 << 20) + 12_345);
    String root = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY, file));
    for (long column : new long[] {0, 2}) {
      CLUSTER.killPair(Coded.holder(peers, Coded.holders(peers.firstAlive(), root), column));
    }
    Multiaddr host = hostOf(peers.firstAlive());
    assertReads(root, file, "one", List.of(host));

    List<Multiaddr> all = new ArrayList<>(List.of(host));
    CLUSTER.kubos().stream()
        .filter(KuboProcess::alive)
        .map(KuboProcess::swarmAddress)
        .forEach(all::add);
    assertThat(all).hasSize(6);
    assertReads(root, file, "all", all);
  }

  private void assertReads(String root, byte[] file, String name, List<Multiaddr> neighbours) {
    try (KuboProcess stranger = KuboProcess.started(folder.resolve(name), SWARM_KEY)) {
      neighbours.forEach(stranger::connect);
      KuboProcess.Output output = stranger.cli("cat", "--timeout=60s", root);
      assertThat(output.exit()).as("connected to %s: %s", name, output.errors()).isZero();
      assertThat(output.out()).as("connected to %s", name).isEqualTo(file);
    }
  }

  /** Where the daemon itself answers IPFS nodes: not its Kubo. */
  private static Multiaddr hostOf(PeerProcess peer) {
    JsonObject ipfs = JsonObject.of(peer.api().call("GET", "/id")).object("ipfs");
    return ipfs.texts("addresses").stream()
        .filter(address -> !address.endsWith(ipfs.text("id")))
        .map(Multiaddr::parse)
        .findFirst()
        .orElseThrow();
  }
}
