package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A published cluster of both kinds, followed by the follower programs of both. */
@NeedsKubo
@NeedsGoCluster
class MixedFollowTest {
  private static final String EVERYWHERE = "replication-min=-1&replication-max=-1&name=";

  @TempDir Path temp;

  @Test
  void followersOfBothKindsHoldWhatBothKindsPin() throws IOException {
    try (MixedCluster cluster = new MixedCluster(2);
        KuboProcess goesKubo = KuboProcess.started(temp.resolve("kubo-go"), Optional.empty());
        KuboProcess oursKubo = KuboProcess.started(temp.resolve("kubo-ours"), Optional.empty())) {
      GoMember go = cluster.go("go0", Map.of());
      OurMember ours = cluster.ours("ours0", Map.of());
      cluster.start();
      List<KuboProcess> kubos = List.of(goesKubo, oursKubo);
      for (KuboProcess kubo : kubos) {
        cluster.peers().forEach(peer -> kubo.connect(peer.kubo().swarmAddress()));
      }
      PeerProcesses ports = new PeerProcesses(temp);
      HttpServer server = publish(configuration(go, List.of(go, ours)));
      try (FollowerProcess goes = FollowerProcess.go(temp.resolve("go"), goesKubo, listen(ports));
          FollowerProcess our =
              FollowerProcess.ours(temp.resolve("ours"), oursKubo, listen(ports))) {
        List<FollowerProcess> followers = List.of(goes, our);
        for (FollowerProcess follower : followers) {
          follower.init("http://127.0.0.1:" + server.getAddress().getPort() + "/service.json");
          follower.start();
        }
        try {
          follow(List.of(go, ours), followers, kubos);
        } catch (AssertionError e) {
          throw new AssertionError(
              e.getMessage() + "\n" + goes.log() + our.log() + cluster.logs(), e);
        }
      } finally {
        server.stop(0);
      }
    }
  }

  private static Multiaddr listen(PeerProcesses ports) {
    return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + ports.freePort());
  }

  /** What an operator publishes: the configuration of a peer, and whom to trust. */
  private static String configuration(GoMember go, List<MixedPeer> trusted) {
    Map<String, Object> service = new HashMap<>(go.peer().read("service.json").fields());
    Map<String, Object> cluster = new HashMap<>(JsonObject.of(service.get("cluster")).fields());
    cluster.put("peername", "follower");
    cluster.put("peer_addresses", trusted.stream().map(MixedPeer::clusterAddress).toList());
    service.put("cluster", cluster);
    service.put(
        "consensus",
        Map.of(
            "crdt",
            Map.of(
                "cluster_name", "ipfs-cluster",
                "rebroadcast_interval", "1s",
                "trusted_peers", trusted.stream().map(MixedPeer::id).toList())));
    return Json.write(service);
  }

  private static HttpServer publish(String configuration) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = configuration.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    server.start();
    return server;
  }

  private static void follow(
      List<MixedPeer> writers, List<FollowerProcess> followers, List<KuboProcess> kubos) {
    for (FollowerProcess follower : followers) {
      PeerProcesses.await(
          "the follower runs",
          () -> follower.command("info").text().contains("Cluster Peer online: true"));
    }
    for (MixedPeer writer : writers) {
      byte[] bytes = ("by " + writer.name()).getBytes(StandardCharsets.UTF_8);
      String cid = writer.kubo().cli(new ByteArrayInputStream(bytes), "add", "-Q").text().strip();
      writer.pin(cid, EVERYWHERE + "followed");
      for (KuboProcess kubo : kubos) {
        PeerProcesses.await("it is pinned", () -> isPinned(kubo, cid));
      }
      for (FollowerProcess follower : followers) {
        PeerProcesses.await(
            "it is listed",
            () ->
                follower
                    .command("list")
                    .text()
                    .lines()
                    .anyMatch(line ->
                        line.contains(cid)
                            && line.contains("pinned")
                            && line.contains("followed")));
      }
      for (MixedPeer asked : writers) {
        assertThat(asked.pinOf(cid).text("name")).isEqualTo("followed");
      }
      writer.unpin(cid);
      for (KuboProcess kubo : kubos) {
        PeerProcesses.await("it is unpinned", () -> !isPinned(kubo, cid));
      }
    }
  }

  private static boolean isPinned(KuboProcess kubo, String cid) {
    return kubo.cli("pin", "ls", "--type=recursive", cid).exit() == 0;
  }
}
