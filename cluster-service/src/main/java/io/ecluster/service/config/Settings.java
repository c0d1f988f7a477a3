package io.ecluster.service.config;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Everything service.json says, checked. */
public record Settings(
    ClusterSettings cluster,
    Crdt crdt,
    Optional<HttpApiSettings> restApi,
    Optional<HttpApiSettings> pinningService,
    Optional<IpfsProxySettings> ipfsProxy,
    Optional<GatewaySettings> gateway,
    Embedded embedded,
    Optional<IpfsHttpSettings> ipfsHttp,
    Tracker tracker,
    Duration monitorCheckInterval,
    List<String> allocateBy,
    InformerSettings informers,
    Erasure erasure,
    String datastoreFolder,
    ObservationSettings observations,
    Collection<String> unknownKeys,
    Collection<String> unknownVariables) {

  /** Variables of the same beginning that are read elsewhere. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("CLUSTER_ID", "CLUSTER_PRIVATEKEY", "CLUSTER_CREDENTIALS");

  private static final int DEFAULT_BATCH_QUEUE = 50_000;
  private static final int DEFAULT_PIN_QUEUE = 1_000_000;

  /** The {@code consensus.crdt} section; a {@code *} among the trusted peers trusts all. */
  public record Crdt(
      String clusterName,
      List<String> trustedPeers,
      int maxBatchSize,
      Duration maxBatchAge,
      int maxQueueSize,
      Duration repairInterval,
      Duration rebroadcastInterval) {}

  /**
   * The {@code ipfs_connector.embedded} section: the IPFS node inside this daemon.
   *
   * @param storageMaxBytes 0 for as much as the disk has
   * @param swarmKeyFile pre-shared key of a private IPFS swarm; empty for none
   */
  public record Embedded(
      String folder,
      List<Multiaddr> listenAddresses,
      long storageMaxBytes,
      Duration pinTimeout,
      boolean sync,
      String swarmKeyFile) {}

  /** The {@code pin_tracker.stateless} section. */
  public record Tracker(
      int maxPinQueueSize,
      int concurrentPins,
      Duration priorityPinMaxAge,
      int priorityPinMaxRetries) {}

  /**
   * The {@code erasure} section, which only this implementation has.
   *
   * @param rebuiltCacheBytes how much of what was rebuilt is kept in memory
   * @param rebuildBytesPerSecondForOthers what IPFS nodes that are not the cluster's may have
   *     rebuilt
   */
  public record Erasure(
      long cellSizeBytes,
      Duration sweepGrace,
      Duration sweepInterval,
      long rebuiltCacheBytes,
      long rebuildBytesPerSecondForOthers) {}

  /**
   * Reads service.json.
   *
   * @throws ConfigException if it is not JSON, or a setting cannot be used
   */
  public static Settings load(String json, Map<String, String> environment) {
    return read(Section.load(object(json), environment), NOTHING_GENERATED);
  }

  /**
   * The text of a new service.json, with what the environment says written into it.
   *
   * @param presets what takes the place of defaults, in the shape of the file
   */
  public static String initialise(
      JsonObject presets, Map<String, String> environment, ClusterSettings.Generated generated) {
    Section root = Section.initialise(presets, environment);
    read(root, generated);
    return root.toJson();
  }

  private static final ClusterSettings.Generated NOTHING_GENERATED =
      new ClusterSettings.Generated(hostName(), "");

  private static JsonObject object(String json) {
    try {
      return Json.parseObject(json);
    } catch (JsonException e) {
      throw new ConfigException("service.json cannot be read: " + e.getMessage(), e);
    }
  }

  private static Settings read(Section root, ClusterSettings.Generated generated) {
    refuseUnsupported(root);
    ClusterSettings cluster = ClusterSettings.read(root.component("", "cluster"), generated);
    Crdt crdt = crdt(root.component("consensus", "crdt"));
    Optional<HttpApiSettings> api = httpApi(root, "restapi", "/ip4/127.0.0.1/tcp/9094");
    Optional<HttpApiSettings> pinning = httpApi(root, "pinsvcapi", "/ip4/127.0.0.1/tcp/9097");
    Section proxySection = root.component("api", "ipfsproxy");
    Optional<IpfsProxySettings> proxy =
        proxySection.active()
            ? Optional.of(IpfsProxySettings.read(proxySection))
            : Optional.empty();
    Section gatewaySection = root.component("api", "gateway");
    Optional<GatewaySettings> gateway =
        gatewaySection.active()
            ? Optional.of(GatewaySettings.read(gatewaySection))
            : Optional.empty();
    Optional<IpfsHttpSettings> kubo = ipfsHttp(root);
    Section embeddedSection = root.component("ipfs_connector", "embedded");
    Embedded embedded = embedded(embeddedSection);
    if (kubo.isPresent()) {
      embeddedSection.leaveOut();
    }
    Tracker tracker = tracker(root.component("pin_tracker", "stateless"));
    Duration check = check(root.component("monitor", "pubsubmon"));
    List<String> allocateBy =
        root.component("allocator", "balanced")
            .texts("allocate_by", List.of("tag:group", "freespace"), List.of("freespace"));
    InformerSettings informers = InformerSettings.read(root);
    String datastore = root.component("datastore", "rocksdb").text("folder", "rocksdb");
    Erasure erasure = erasure(root.component("", "erasure"));
    ObservationSettings observations = ObservationSettings.read(root);
    acceptWithoutUse(root);
    return new Settings(
        cluster,
        crdt,
        api,
        pinning,
        proxy,
        gateway,
        embedded,
        kubo,
        tracker,
        check,
        allocateBy,
        informers,
        erasure,
        datastore,
        observations,
        root.unknownKeys(),
        root.unknownVariables().stream().filter(v -> !OTHER_VARIABLES.contains(v)).toList());
  }

  private static Optional<HttpApiSettings> httpApi(Section root, String name, String address) {
    Section s = root.component("api", name);
    return s.active()
        ? Optional.of(HttpApiSettings.read(s, "api." + name, address))
        : Optional.empty();
  }

  private static void refuseUnsupported(Section root) {
    if (root.names("consensus", "raft") && root.names("consensus", "crdt")) {
      throw new ConfigException(
          "this configuration names both consensus.crdt and consensus.raft; remove the latter");
    }
    if (root.names("consensus", "raft")) {
      throw new ConfigException(
          "this configuration uses raft consensus, which is not supported: export the state with"
              + " the Go program, run 'init' here and import it");
    }
  }

  /** A Kubo daemon is used when the file or the environment names one. */
  private static Optional<IpfsHttpSettings> ipfsHttp(Section root) {
    boolean named = root.names("ipfs_connector", "ipfshttp");
    Section s = root.component("ipfs_connector", "ipfshttp");
    if (named || s.inEnvironment("node_multiaddress")) {
      return Optional.of(IpfsHttpSettings.read(s));
    }
    return Optional.empty();
  }

  private static Crdt crdt(Section s) {
    String name = s.text("cluster_name", "ipfs-cluster");
    List<String> trusted = s.texts("trusted_peers", List.of("*"), List.of());
    Section batching = s.nested("batching");
    int batch = batching.integer("max_batch_size", 0);
    Duration age = batching.duration("max_batch_age", Duration.ZERO);
    int queue = batching.integer("max_queue_size", DEFAULT_BATCH_QUEUE);
    batching.omitWhen("max_queue_size", DEFAULT_BATCH_QUEUE);
    Duration repair = s.duration("repair_interval", Duration.ofHours(1));
    Duration rebroadcast = s.duration("rebroadcast_interval", Duration.ofMinutes(1));
    s.omitWhen("rebroadcast_interval", "1m0s");
    s.ignore("peerset_metric");
    s.ignore("datastore_namespace");
    return new Crdt(
        name,
        trusted,
        batch,
        age,
        ClusterSettings.positive(queue, "consensus.crdt.batching.max_queue_size"),
        repair,
        ClusterSettings.positive(rebroadcast, "consensus.crdt.rebroadcast_interval"));
  }

  private static Embedded embedded(Section s) {
    return new Embedded(
        s.text("folder", "ipfs"),
        s.addresses("listen_multiaddress", List.of("/ip4/0.0.0.0/tcp/0")),
        s.number("storage_max_bytes", 0),
        ClusterSettings.positive(
            s.duration("pin_timeout", Duration.ofMinutes(2)),
            "ipfs_connector.embedded.pin_timeout"),
        s.flag("sync", false),
        s.text("swarm_key_file", ""));
  }

  private static Tracker tracker(Section s) {
    int queue = s.integer("max_pin_queue_size", DEFAULT_PIN_QUEUE);
    s.omitWhen("max_pin_queue_size", DEFAULT_PIN_QUEUE);
    return new Tracker(
        ClusterSettings.positive(queue, "pin_tracker.stateless.max_pin_queue_size"),
        ClusterSettings.positive(
            s.integer("concurrent_pins", 10), "pin_tracker.stateless.concurrent_pins"),
        s.duration("priority_pin_max_age", Duration.ofHours(24)),
        s.integer("priority_pin_max_retries", 5));
  }

  private static Duration check(Section s) {
    return ClusterSettings.positive(
        s.duration("check_interval", Duration.ofSeconds(15)), "monitor.pubsubmon.check_interval");
  }

  private static Erasure erasure(Section s) {
    return new Erasure(
        ClusterSettings.positive(s.integer("cell_size_bytes", 1 << 20), "erasure.cell_size_bytes"),
        ClusterSettings.positive(
            s.duration("sweep_grace", Duration.ofMinutes(10)), "erasure.sweep_grace"),
        ClusterSettings.positive(
            s.duration("sweep_interval", Duration.ofMinutes(1)), "erasure.sweep_interval"),
        ClusterSettings.positive(
            s.integer("rebuilt_cache_bytes", 32 << 20), "erasure.rebuilt_cache_bytes"),
        ClusterSettings.positive(
            s.integer("rebuild_bytes_per_second_for_others", 16 << 20),
            "erasure.rebuild_bytes_per_second_for_others"));
  }

  private static void acceptWithoutUse(Section root) {
    for (String key : List.of("source", "state")) {
      root.ignore(key);
    }
    root.component("consensus", "raft").ignoreAll();
    for (String key : List.of("pebble", "badger", "badger3", "leveldb")) {
      root.component("datastore", key).ignoreAll();
    }
  }

  private static String hostName() {
    String name = System.getenv("HOSTNAME");
    return name == null || name.isEmpty() ? localHost() : name;
  }

  private static String localHost() {
    try {
      return java.net.InetAddress.getLocalHost().getHostName();
    } catch (java.net.UnknownHostException e) {
      return "localhost";
    }
  }
}
