package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import io.ecluster.client.JsonObject;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.kad.KadDht;
import io.ecluster.libp2p.kad.KadPeer;
import io.ecluster.libp2p.mdns.Mdns;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Go peers and ours that were told of one other, or of none, find all. */
@NeedsKubo
@NeedsGoCluster
class GoDiscoveryTest {
  private static final String SECRET = "d15c0".repeat(13).substring(0, 64);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir private Path temp;
  private final List<AutoCloseable> started = new ArrayList<>();
  private final Map<String, ApiClient> apis = new TreeMap<>();
  private PeerProcesses ports;
  private KuboProcess kubo;

  @BeforeEach
  void startKubo() {
    ports = new PeerProcesses(temp);
    kubo = closing(KuboProcess.started(temp.resolve("kubo"), Optional.empty()));
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : started.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T closing(T resource) {
    started.add(resource);
    return resource;
  }

  private static ApiClient api(String address) {
    return new ApiClient(List.of(Endpoint.parse(address)), Optional.empty(), Duration.ofMinutes(1));
  }

  private GoPeerProcess go(String name, Map<String, String> settings, String... options) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("CLUSTER_SECRET", SECRET);
    GoPeerProcess peer = closing(GoPeerProcess.init(temp.resolve(name), ports, kubo, all));
    peer.start(options);
    apis.put(name, api(peer.apiAddress()));
    return peer;
  }

  private PeerProcess ours(String name, Map<String, String> settings, String... options)
      throws IOException {
    PeerProcess peer = closing(ports.make(name, SECRET, settings));
    peer.initHere();
    peer.start(options);
    apis.put(name, peer.api());
    return peer;
  }

  /** Those that answer a peer that asks all members. */
  private static Set<String> answering(ApiClient api) {
    List<JsonObject> peers = new ArrayList<>();
    api.stream("GET", "/peers", peers::add);
    return peers.stream()
        .filter(peer -> peer.text("error").isEmpty())
        .map(peer -> peer.text("id"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void requireAllToSeeAll() {
    Map<String, Integer> seen = new TreeMap<>();
    try {
      PeerProcesses.await(
          "all see all",
          () -> {
            apis.forEach((name, api) -> seen.put(name, answering(api).size()));
            return seen.values().stream().allMatch(count -> count == apis.size());
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + seen, e);
    }
  }

  @Test
  void byMdnsWithoutBeingToldOfAnybody() throws Exception {
    Assumptions.assumeTrue(Mdns.isAvailable(), "no network interface here can multicast");
    Map<String, String> mdns = Map.of("CLUSTER_MDNSINTERVAL", "10s");
    go("go1", mdns);
    ours("our1", mdns);
    go("go2", mdns);
    ours("our2", mdns);
    requireAllToSeeAll();
  }

  /** Go's DHT takes no loopback addresses; without another private one this cannot be shown. */
  private static String privateAddress() throws SocketException {
    Optional<InetAddress> address =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(each -> each instanceof Inet4Address && each.isSiteLocalAddress())
            .findFirst();
    Assumptions.assumeTrue(address.isPresent(), "this machine has no private IPv4 address");
    return address.orElseThrow().getHostAddress();
  }

  private Map<String, String> listening(String ip) {
    return Map.of("CLUSTER_LISTENMULTIADDRESS", "/ip4/" + ip + "/tcp/" + ports.freePort());
  }

  @Test
  void eachToldOfOneMemberOnly() throws Exception {
    String ip = privateAddress();
    GoPeerProcess go1 = go("go1", listening(ip));
    PeerProcess our1 = ours("our1", listening(ip), "--bootstrap", go1.clusterAddress().toString());
    GoPeerProcess go2 = go("go2", listening(ip), "--bootstrap", our1.clusterAddress());
    PeerProcess our2 = ours("our2", listening(ip), "--bootstrap", go2.clusterAddress().toString());
    go("go3", listening(ip), "--bootstrap", our2.clusterAddress());
    requireAllToSeeAll();
  }

  /** A host of ours in this process, with nothing but the DHT. */
  private record DhtHost(Libp2pHost host, KadDht dht) implements AutoCloseable {
    static DhtHost start(int seed) throws IOException {
      Libp2pHost host =
          Libp2pHost.create(
              HostConfig.of(FakeNetwork.identity(seed))
                  .withSecret(PreSharedKey.parse(SECRET))
                  .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
      KadDht dht = new KadDht(host, new Random(seed));
      host.start();
      return new DhtHost(host, dht);
    }

    void connect(Multiaddr address) throws IOException {
      host.connect(address.peerId().orElseThrow(), List.of(address), TIMEOUT);
    }

    @Override
    public void close() {
      host.close();
    }
  }

  @Test
  void goAnswersOurDhtAndAsksIt() throws Exception {
    GoPeerProcess go = go("go1", Map.of());
    DhtHost one = closing(DhtHost.start(1));
    DhtHost two = closing(DhtHost.start(2));
    one.connect(go.clusterAddress());
    two.connect(go.clusterAddress());
    PeerProcesses.await(
        "Go tells one of two",
        () -> one.dht().find(two.host().id()).stream().anyMatch(peer -> isAt(peer, two.host())));
    PeerProcesses.await("Go asks us", () -> one.dht().stats().answered() > 0);
    assertThat(one.dht().stats().refused()).isZero();
    PeerId goes = go.clusterAddress().peerId().orElseThrow();
    assertThat(one.dht().neighbours(goes)).anyMatch(peer -> isAt(peer, two.host()));
  }

  private static boolean isAt(KadPeer peer, Libp2pHost host) {
    return peer.id().equals(host.id())
        && host.addresses().stream()
            .map(Multiaddr::withoutPeerId)
            .toList()
            .equals(peer.addresses());
  }
}
