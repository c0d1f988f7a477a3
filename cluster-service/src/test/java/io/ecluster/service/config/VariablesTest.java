package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting that is acted on, from its key in the file and from its variable. */
class VariablesTest {
  /** Sections that are there, with nothing in them. */
  private static final String FILE =
      "{\"cluster\":{},\"consensus\":{\"crdt\":{}},\"api\":{\"restapi\":{}},"
          + "\"ipfs_connector\":{\"embedded\":{}},"
          + "\"informer\":{\"disk\":{},\"tags\":{},\"pinqueue\":{}}}";

  private static Arguments row(
      String path,
      String variable,
      String value,
      Function<Settings, Object> read,
      Object expected) {
    return Arguments.of(path, "CLUSTER_" + variable, value, read, expected);
  }

  static Stream<Arguments> settings() {
    Function<Settings, Object> listen = s -> s.cluster().listenAddresses().toString();
    return Stream.of(
        row("cluster.peername", "PEERNAME", "a name", s -> s.cluster().peerName(), "a name"),
        row(
            "cluster.secret",
            "SECRET",
            "ab".repeat(32),
            s -> s.cluster().secret().map(b -> b[31]).orElse((byte) 0),
            (byte) 0xab),
        row(
            "cluster.listen_multiaddress",
            "LISTENMULTIADDRESS",
            "/ip4/1.2.3.4/tcp/5",
            listen,
            "[/ip4/1.2.3.4/tcp/5]"),
        row(
            "cluster.announce_multiaddress",
            "ANNOUNCEMULTIADDRESS",
            "/ip4/1.2.3.4/tcp/5",
            s -> s.cluster().announceAddresses().size(),
            1),
        row(
            "cluster.no_announce_multiaddress",
            "NOANNOUNCEMULTIADDRESS",
            "/ip4/1.2.3.4/tcp/5",
            s -> s.cluster().noAnnounceAddresses().toString(),
            "[/ip4/1.2.3.4/tcp/5]"),
        row(
            "cluster.pubsub.seen_messages_ttl",
            "PUBSUB_SEENMESSAGESTTL",
            "7m",
            s -> s.cluster().pubsub().seenMessagesTtl(),
            Duration.ofMinutes(7)),
        row(
            "cluster.pubsub.d_factor",
            "PUBSUB_DFACTOR",
            "7",
            s -> s.cluster().pubsub().degreeFactor(),
            7),
        row(
            "cluster.pubsub.history_gossip",
            "PUBSUB_HISTORYGOSSIP",
            "5",
            s -> s.cluster().pubsub().historyGossip(),
            5),
        row(
            "cluster.pubsub.history_length",
            "PUBSUB_HISTORYLENGTH",
            "7",
            s -> s.cluster().pubsub().historyLength(),
            7),
        row(
            "informer.disk.metric_type",
            "DISK_METRICTYPE",
            "reposize",
            s -> s.informers().disk().orElseThrow().repoSize(),
            true),
        row(
            "informer.pinqueue.metric_ttl",
            "PINQUEUE_METRICTTL",
            "7s",
            s -> s.informers().pinQueue().orElseThrow().metricTtl(),
            Duration.ofSeconds(7)),
        row(
            "informer.pinqueue.weight_bucket_size",
            "PINQUEUE_WEIGHTBUCKETSIZE",
            "7",
            s -> s.informers().pinQueue().orElseThrow().weightBucketSize(),
            7),
        row(
            "datastore.rocksdb.folder",
            "ROCKSDB_FOLDER",
            "elsewhere",
            s -> s.datastoreFolder(),
            "elsewhere"),
        row(
            "cluster.connection_manager.high_water",
            "CONNECTIONMANAGER_HIGHWATER",
            "7",
            s -> s.cluster().connectionsHighWater(),
            7),
        row(
            "cluster.pubsub.heartbeat_interval",
            "PUBSUB_HEARTBEATINTERVAL",
            "7s",
            s -> s.cluster().pubsub().heartbeat(),
            Duration.ofSeconds(7)),
        row(
            "cluster.dial_peer_timeout",
            "DIALPEERTIMEOUT",
            "7s",
            s -> s.cluster().dialPeerTimeout(),
            Duration.ofSeconds(7)),
        row(
            "cluster.state_sync_interval",
            "STATESYNCINTERVAL",
            "7s",
            s -> s.cluster().stateSyncInterval(),
            Duration.ofSeconds(7)),
        row(
            "cluster.pin_recover_interval",
            "PINRECOVERINTERVAL",
            "7s",
            s -> s.cluster().pinRecoverInterval(),
            Duration.ofSeconds(7)),
        row(
            "cluster.monitor_ping_interval",
            "MONITORPINGINTERVAL",
            "2s",
            s -> s.cluster().monitorPingInterval(),
            Duration.ofSeconds(2)),
        row(
            "cluster.peer_watch_interval",
            "PEERWATCHINTERVAL",
            "2s",
            s -> s.cluster().peerWatchInterval(),
            Duration.ofSeconds(2)),
        row(
            "cluster.pin_only_on_trusted_peers",
            "PINONLYONTRUSTEDPEERS",
            "true",
            s -> s.cluster().pinOnlyOnTrustedPeers(),
            true),
        row(
            "cluster.pin_only_on_untrusted_peers",
            "PINONLYONUNTRUSTEDPEERS",
            "1",
            s -> s.cluster().pinOnlyOnUntrustedPeers(),
            true),
        row(
            "cluster.disable_repinning",
            "DISABLEREPINNING",
            "T",
            s -> s.cluster().disableRepinning(),
            true),
        row("cluster.follower_mode", "FOLLOWERMODE", "true", s -> s.cluster().followerMode(), true),
        row(
            "cluster.peerstore_file",
            "PEERSTOREFILE",
            "peers",
            s -> s.cluster().peerstoreFile(),
            "peers"),
        row(
            "cluster.peer_addresses",
            "PEERADDRESSES",
            "/ip4/1.2.3.4/tcp/5,/ip4/1.2.3.4/tcp/6",
            s -> s.cluster().peerAddresses().size(),
            2),
        row(
            "consensus.crdt.cluster_name",
            "CRDT_CLUSTERNAME",
            "x",
            s -> s.crdt().clusterName(),
            "x"),
        row(
            "consensus.crdt.trusted_peers",
            "CRDT_TRUSTEDPEERS",
            "a,b",
            s -> s.crdt().trustedPeers(),
            List.of("a", "b")),
        row(
            "consensus.crdt.batching.max_batch_size",
            "CRDT_BATCHING_MAXBATCHSIZE",
            "0x10",
            s -> s.crdt().maxBatchSize(),
            16),
        row(
            "consensus.crdt.batching.max_batch_age",
            "CRDT_BATCHING_MAXBATCHAGE",
            "1m",
            s -> s.crdt().maxBatchAge(),
            Duration.ofMinutes(1)),
        row(
            "consensus.crdt.batching.max_queue_size",
            "CRDT_BATCHING_MAXQUEUESIZE",
            "5",
            s -> s.crdt().maxQueueSize(),
            5),
        row(
            "consensus.crdt.repair_interval",
            "CRDT_REPAIRINTERVAL",
            "7s",
            s -> s.crdt().repairInterval(),
            Duration.ofSeconds(7)),
        row(
            "consensus.crdt.rebroadcast_interval",
            "CRDT_REBROADCASTINTERVAL",
            "7s",
            s -> s.crdt().rebroadcastInterval(),
            Duration.ofSeconds(7)),
        row(
            "api.restapi.http_listen_multiaddress",
            "RESTAPI_HTTPLISTENMULTIADDRESS",
            "/unix/run/x",
            s -> rest(s).listenAddresses().toString(),
            "[/unix/run/x]"),
        row(
            "api.restapi.idle_timeout",
            "RESTAPI_IDLETIMEOUT",
            "7s",
            s -> rest(s).timeouts().idle(),
            Duration.ofSeconds(7)),
        row(
            "api.restapi.max_header_bytes",
            "RESTAPI_MAXHEADERBYTES",
            "8192",
            s -> rest(s).maxHeaderBytes(),
            8192),
        row(
            "api.restapi.basic_auth_credentials",
            "RESTAPI_BASICAUTHCREDENTIALS",
            "me:pw,you:pw2",
            s -> rest(s).users(),
            Optional.of(Map.of("me", "pw", "you", "pw2"))),
        row(
            "ipfs_connector.embedded.folder",
            "EMBEDDED_FOLDER",
            "x",
            s -> s.embedded().folder(),
            "x"),
        row(
            "ipfs_connector.embedded.listen_multiaddress",
            "EMBEDDED_LISTENMULTIADDRESS",
            "/ip4/1.2.3.4/tcp/5",
            s -> s.embedded().listenAddresses().toString(),
            "[/ip4/1.2.3.4/tcp/5]"),
        row(
            "ipfs_connector.embedded.storage_max_bytes",
            "EMBEDDED_STORAGEMAXBYTES",
            "10000000000",
            s -> s.embedded().storageMaxBytes(),
            10_000_000_000L),
        row(
            "ipfs_connector.embedded.pin_timeout",
            "EMBEDDED_PINTIMEOUT",
            "7s",
            s -> s.embedded().pinTimeout(),
            Duration.ofSeconds(7)),
        row(
            "ipfs_connector.embedded.sync",
            "EMBEDDED_SYNC",
            "true",
            s -> s.embedded().sync(),
            true),
        row(
            "ipfs_connector.embedded.swarm_key_file",
            "EMBEDDED_SWARMKEYFILE",
            "k",
            s -> s.embedded().swarmKeyFile(),
            "k"),
        row(
            "pin_tracker.stateless.max_pin_queue_size",
            "STATELESS_MAXPINQUEUESIZE",
            "5",
            s -> s.tracker().maxPinQueueSize(),
            5),
        row(
            "pin_tracker.stateless.concurrent_pins",
            "STATELESS_CONCURRENTPINS",
            "5",
            s -> s.tracker().concurrentPins(),
            5),
        row(
            "pin_tracker.stateless.priority_pin_max_age",
            "STATELESS_PRIORITYPINMAXAGE",
            "7s",
            s -> s.tracker().priorityPinMaxAge(),
            Duration.ofSeconds(7)),
        row(
            "pin_tracker.stateless.priority_pin_max_retries",
            "STATELESS_PRIORITYPINMAXRETRIES",
            "7",
            s -> s.tracker().priorityPinMaxRetries(),
            7),
        row(
            "monitor.pubsubmon.check_interval",
            "PUBSUBMON_CHECKINTERVAL",
            "7s",
            s -> s.monitorCheckInterval(),
            Duration.ofSeconds(7)),
        row(
            "allocator.balanced.allocate_by",
            "BALANCED_ALLOCATEBY",
            "tag:x",
            s -> s.allocateBy(),
            List.of("tag:x")),
        row(
            "informer.disk.metric_ttl",
            "DISK_METRICTTL",
            "7s",
            s -> s.informers().disk().orElseThrow().metricTtl(),
            Duration.ofSeconds(7)),
        row(
            "informer.tags.metric_ttl",
            "TAGS_METRICTTL",
            "7s",
            s -> s.informers().tags().orElseThrow().metricTtl(),
            Duration.ofSeconds(7)),
        row(
            "informer.tags.tags",
            "TAGS_TAGS",
            "rack:r1",
            s -> s.informers().tags().orElseThrow().values(),
            Map.of("rack", "r1")),
        row(
            "erasure.cell_size_bytes",
            "ERASURE_CELLSIZEBYTES",
            "4096",
            s -> s.erasure().cellSizeBytes(),
            4096L),
        row(
            "erasure.sweep_grace",
            "ERASURE_SWEEPGRACE",
            "7s",
            s -> s.erasure().sweepGrace(),
            Duration.ofSeconds(7)),
        row(
            "erasure.sweep_interval",
            "ERASURE_SWEEPINTERVAL",
            "7s",
            s -> s.erasure().sweepInterval(),
            Duration.ofSeconds(7)));
  }

  private static HttpApiSettings rest(Settings settings) {
    return settings.restApi().orElseThrow();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void variablesAct(
      String path,
      String variable,
      String value,
      Function<Settings, Object> read,
      Object expected) {
    assertThat(read.apply(Settings.load(FILE, Map.of()))).as("without it").isNotEqualTo(expected);
    assertThat(read.apply(Settings.load(FILE, Map.of(variable, value)))).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void whatAVariableSaysIsTheSameInTheFile(
      String path,
      String variable,
      String value,
      Function<Settings, Object> read,
      Object expected) {
    String made =
        Settings.initialise(
            Json.parseObject(FILE),
            Map.of(variable, value),
            new ClusterSettings.Generated("host", ""));
    Object[] at = {Json.parse(made)};
    for (String key : path.split("\\.")) {
      at[0] = at[0] instanceof Map<?, ?> map ? map.get(key) : null;
      assertThat(at[0]).as("%s in the file", key).isNotNull();
    }
    assertThat(read.apply(Settings.load(made, Map.of()))).isEqualTo(expected);
  }

  @org.junit.jupiter.api.Test
  void replicationFactorsComeInPairs() {
    Settings settings =
        Settings.load(
            FILE, Map.of("CLUSTER_REPLICATIONFACTORMIN", "2", "CLUSTER_REPLICATIONFACTORMAX", "3"));
    assertThat(settings.cluster().replicationMin()).isEqualTo(2);
    assertThat(settings.cluster().replicationMax()).isEqualTo(3);
  }
}
