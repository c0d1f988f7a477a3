package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.ApiException;
import io.ecluster.client.JsonObject;
import io.ecluster.service.Coded;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Kubo daemons that are gone, hang or come back, below daemons that stay. */
@NeedsKubo
class KuboAwayTest {
  private static final int MIB = 1 << 20;

  @RegisterExtension static final KuboPeers CLUSTER = new KuboPeers(7);

  private final PeerProcesses peers = CLUSTER.peers();

  @Test
  void aDaemonOutlivesItsKuboSaysSoAndGoesOnWhenItIsBack() throws IOException {
    PeerProcess peer = peers.get(1);
    CLUSTER.kubo(1).kill();
    PeerProcesses.await("id tells of it", () -> ipfsError(peer).contains("cannot be reached"));
    List<JsonObject> added =
        PeerProcesses.add(
            peers.get(0),
            "name=while-away&replication-min=-1&replication-max=-1",
            "while away".getBytes(StandardCharsets.UTF_8));
    String cid = Coded.root(added);
    PeerProcesses.await(
        "status tells of it",
        () -> List.of("pin_error", "cluster_error").contains(status(peers.get(0), cid, peer)));
    PeerProcesses.await("the log tells of it", () -> log(peer).contains("does not answer"));
    assertThat(peer.alive()).isTrue();
    assertThat(status(peers.get(0), cid, peers.get(2))).isEqualTo("pinned");

    CLUSTER.kubo(1).start();
    PeerProcesses.await("it is pinned", () -> status(peers.get(0), cid, peer).equals("pinned"));
    assertThat(ipfsError(peer)).isEmpty();
    assertThat(log(peer)).contains("The IPFS node answers");
  }

  @Test
  void aKuboThatRestartsInAnAddCostsNothing() throws IOException {
    byte[] file = Coded.bytes(11, 24 * MIB);
    Thread restart =
        Thread.ofVirtual()
            .start(() -> {
              CLUSTER.kubo(3).kill();
              CLUSTER.kubo(3).start();
            });
    String root = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=restart", file));
    join(restart);
    Coded.assertReads(peers.get(5), root, file);
    PeerProcesses.await("all is whole", () -> margin(root) == Coded.MARGIN);
  }

  @Test
  void shardsOfAKuboThatIsGoneAreReadWithoutAndRepairedElsewhere() throws IOException {
    byte[] file = Coded.bytes(12, 8 * MIB);
    String root = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=gone", file));
    PeerProcess holder = Coded.holder(peers, Coded.holders(peers.get(0), root), 1);
    CLUSTER.kubo(holder).kill();
    PeerProcess reader = peers.all().stream().filter(p -> p != holder).findFirst().orElseThrow();
    Coded.assertReads(reader, root, file);
    PeerProcesses.await(
        "it is repaired without that Kubo",
        () -> {
          PeerProcesses.recover(reader, "cid=" + root);
          return margin(root) == Coded.MARGIN
              && !Coded.holders(reader, root).containsValue(id(holder));
        });
    Coded.assertReads(reader, root, file);
  }

  @Test
  void aKuboThatHangsHoldsUpNeitherReadsNorAddsForLong() throws IOException {
    byte[] file = Coded.bytes(13, 8 * MIB);
    String root = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=hangs", file));
    PeerProcess holder = Coded.holder(peers, Coded.holders(peers.get(0), root), 0);
    PeerProcess reader = peers.all().stream().filter(p -> p != holder).findFirst().orElseThrow();
    CLUSTER.kubo(holder).pause();
    try {
      Coded.assertReads(reader, root, file);
    } finally {
      CLUSTER.kubo(holder).resume();
    }
    PeerProcesses.await("all is whole", () -> margin(root) == Coded.MARGIN);
  }

  @Test
  void readingThroughADaemonWhoseOwnKuboIsGoneWorks() throws IOException {
    byte[] file = Coded.bytes(14, 4 * MIB);
    String root = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY + "&name=own", file));
    CLUSTER.kubo(4).kill();
    Coded.assertReads(peers.get(4), root, file);
    assertThatThrownBy(() ->
            PeerProcesses.read(peers.get(4), "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("cannot be reached");
  }

  private long margin(String root) {
    return Coded.group(peers.get(0), root).number("margin");
  }

  private static String ipfsError(PeerProcess peer) {
    return JsonObject.of(peer.api().call("GET", "/id")).object("ipfs").text("error");
  }

  private static String status(PeerProcess asked, String cid, PeerProcess of) {
    JsonObject info = JsonObject.of(asked.api().call("GET", "/pins/" + cid));
    return info.object("peer_map").object(id(of)).text("status");
  }

  private static String id(PeerProcess peer) {
    try {
      return peer.id();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String log(PeerProcess peer) {
    try {
      return peer.log();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
