package io.ecluster.interop;

import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Go peers and ours in one cluster on loopback, each with a Kubo daemon of its own. */
final class MixedCluster implements AutoCloseable {
  static final String SECRET = "0badc0de".repeat(8);
  static final String STORAGE_MAX = "10GB";
  private static final int LOG_CHARACTERS = 5000;

  private static final Pattern ANSWERED = Pattern.compile("(?m)^.*restapilog.*\\n");

  private static final Map<String, String> EVERY =
      Map.of(
          "CLUSTER_SECRET", SECRET,
          "CLUSTER_CRDT_REBROADCASTINTERVAL", "1s",
          "CLUSTER_MONITORPINGINTERVAL", "2s",
          "CLUSTER_MDNSINTERVAL", "0s",
          "CLUSTER_STATESYNCINTERVAL", "3s",
          "CLUSTER_DISK_METRICTTL", "4s",
          "CLUSTER_TAGS_METRICTTL", "4s");

  private final List<Place> places;
  private final Path folder;
  private final PeerProcesses ports;
  private final List<KuboProcess> kubos = new ArrayList<>();
  private final List<MixedPeer> peers = new ArrayList<>();
  private int kubosGiven;

  /**
   * @param kuboCount how many peers with Kubo there will be
   */
  MixedCluster(int kuboCount) {
    this(Collections.nCopies(kuboCount, Place.LOOPBACK));
  }

  /**
   * @param places where each peer will be, with its Kubo daemon
   */
  MixedCluster(List<Place> places) {
    this(places, Collections.nCopies(places.size(), STORAGE_MAX));
  }

  /**
   * @param storageMax how much each Kubo may store, as its configuration says it
   */
  MixedCluster(List<Place> places, List<String> storageMax) {
    this.places = List.copyOf(places);
    try {
      folder = Files.createTempDirectory("mixed");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ports = new PeerProcesses(folder);
    List<CompletableFuture<KuboProcess>> starting =
        IntStream.range(0, places.size())
            .mapToObj(i ->
                CompletableFuture.supplyAsync(() ->
                    KuboProcess.started(
                        folder.resolve("kubo" + i), places.get(i), storageMax.get(i))))
            .toList();
    starting.forEach(kubo -> kubos.add(kubo.join()));
    connectKubos();
  }

  /** Connects each of the Kubo daemons to all others. */
  void connectKubos() {
    for (int i = 1; i < kubos.size(); i++) {
      for (int j = 0; j < i; j++) {
        kubos.get(i).connect(kubos.get(j).swarmAddress());
      }
    }
  }

  /** Makes the folder of a Go peer. */
  GoMember go(String name, Map<String, String> settings) {
    KuboProcess kubo = nextKubo();
    GoPeerProcess peer =
        GoPeerProcess.init(folder.resolve(name), ports, kubo, with(settings), nextPlace());
    return added(new GoMember(peer, kubo));
  }

  /** Makes the folder of a peer of ours. */
  OurMember ours(String name, Map<String, String> settings) {
    KuboProcess kubo = nextKubo();
    Map<String, String> its = with(settings);
    its.put("CLUSTER_IPFSHTTP_NODEMULTIADDRESS", kubo.api().toString());
    Place place = nextPlace();
    its.put("CLUSTER_IPFSHTTP_BITSWAPLISTENMULTIADDRESS", place.swarm(0));
    its.put("CLUSTER_LISTENMULTIADDRESS", place.swarm(ports.freePort()));
    its.put("CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS", place.api(ports.freePort()));
    PeerProcess peer = ports.make(name, SECRET, its).launchedBy(place.launcher());
    peer.initHere();
    return added(new OurMember(peer, Optional.of(kubo)));
  }

  /** Makes the folder of a peer of ours that uses the IPFS node inside it. */
  OurMember embedded(String name, Map<String, String> settings) {
    PeerProcess peer = ports.make(name, SECRET, with(settings));
    peer.initHere();
    return added(new OurMember(peer, Optional.empty()));
  }

  /** A peer of ours that runs in the folder of another. */
  OurMember takingOver(GoMember gone) {
    PeerProcess peer =
        new PeerProcess(
            folder,
            gone.name(),
            Map.of(
                "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS",
                gone.peer().apiAddress(),
                "CLUSTER_IPFSHTTP_BITSWAPLISTENMULTIADDRESS",
                "/ip4/127.0.0.1/tcp/0"));
    return added(new OurMember(peer, Optional.of(gone.kubo())));
  }

  int freePort() {
    return ports.freePort();
  }

  private KuboProcess nextKubo() {
    return kubos.get(kubosGiven++);
  }

  private Place nextPlace() {
    return places.get(kubosGiven - 1);
  }

  private static Map<String, String> with(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(EVERY);
    all.putAll(settings);
    return all;
  }

  private <T extends MixedPeer> T added(T peer) {
    peers.add(peer);
    return peer;
  }

  /**
   * Tells the Go peers the addresses of all, since their DHT says nothing of loopback addresses and
   * they would not find each other.
   */
  void introduce() {
    String all = String.join("\n", peers.stream().map(MixedPeer::clusterAddress).toList());
    for (MixedPeer peer : peers) {
      if (peer instanceof GoMember go) {
        go.peer().write("peerstore", all + "\n");
      }
    }
  }

  /** Starts the first, then all others, which bootstrap to it, and waits until all see all. */
  void start() {
    introduce();
    MixedPeer first = peers.getFirst();
    first.start();
    List<CompletableFuture<Void>> starting =
        peers.stream()
            .skip(1)
            .map(peer ->
                CompletableFuture.runAsync(
                    () -> peer.start("--bootstrap", first.clusterAddress()),
                    Thread::startVirtualThread))
            .toList();
    starting.forEach(CompletableFuture::join);
    awaitAllSeeAll();
  }

  void awaitAllSeeAll() {
    awaitMembers(peers, peers);
  }

  /** Waits until each of {@code asking} lists {@code listed}, and has news of their free space. */
  static void awaitMembers(List<? extends MixedPeer> asking, List<? extends MixedPeer> listed) {
    Set<String> ids = new HashSet<>();
    listed.forEach(peer -> ids.add(peer.id()));
    for (MixedPeer peer : asking) {
      PeerProcesses.await(
          peer.name() + " sees " + listed.stream().map(MixedPeer::name).toList(),
          () ->
              peer.members().equals(ids)
                  && metered(peer, "freespace").equals(ids)
                  && metered(peer, "tag:group").equals(ids));
    }
  }

  /** Ids of peers that it has a metric of. */
  static Set<String> metered(MixedPeer peer, String metric) {
    Set<String> ids = new HashSet<>();
    ((List<?>) Objects.requireNonNull(peer.api().call("GET", "/monitor/metrics/" + metric)))
        .stream().map(JsonObject::of).forEach(found -> ids.add(found.text("peer")));
    return ids;
  }

  /** Whether its graph links each of {@code ids}, and no others, with all others. */
  static boolean drawsAllLinks(MixedPeer peer, Set<String> ids) {
    JsonObject links = peer.one("GET", "/health/graph").object("cluster_links");
    return links.keys().equals(ids)
        && ids.stream().allMatch(id -> links.list(id).size() == ids.size() - 1);
  }

  List<MixedPeer> peers() {
    return List.copyOf(peers);
  }

  MixedPeer byId(String id) {
    return peers.stream().filter(peer -> peer.id().equals(id)).findFirst().orElseThrow();
  }

  /** The ends of all logs, without the requests that Go peers answered. */
  String logs() {
    StringBuilder text = new StringBuilder();
    for (MixedPeer peer : peers) {
      String log = ANSWERED.matcher(peer.log()).replaceAll("");
      text.append("---- ").append(peer.name()).append('\n');
      text.append(log, Math.max(0, log.length() - LOG_CHARACTERS), log.length());
    }
    return text.toString();
  }

  /** Ends all processes and leaves their folders. */
  Path leave() {
    peers.forEach(MixedPeer::kill);
    kubos.forEach(KuboProcess::close);
    return folder;
  }

  @Override
  public void close() {
    leave();
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
