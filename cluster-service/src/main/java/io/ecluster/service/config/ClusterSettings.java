package io.ecluster.service.config;

import io.ecluster.client.GoDuration;
import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The {@code cluster} section.
 *
 * @param secret 32 bytes that make the network private, if it is
 * @param mdns whether peers are looked for on the local network; the interval that the setting
 *     names does not matter, as with Go
 */
public record ClusterSettings(
    String peerName,
    Optional<byte[]> secret,
    List<Multiaddr> listenAddresses,
    List<Multiaddr> announceAddresses,
    List<Multiaddr> noAnnounceAddresses,
    int connectionsHighWater,
    Pubsub pubsub,
    Duration dialPeerTimeout,
    Duration stateSyncInterval,
    Duration pinRecoverInterval,
    int replicationMin,
    int replicationMax,
    Duration monitorPingInterval,
    Duration peerWatchInterval,
    boolean mdns,
    boolean pinOnlyOnTrustedPeers,
    boolean pinOnlyOnUntrustedPeers,
    boolean disableRepinning,
    boolean followerMode,
    String peerstoreFile,
    List<Multiaddr> peerAddresses) {

  private static final int SECRET_BYTES = 32;
  private static final List<String> LISTEN =
      List.of("/ip4/0.0.0.0/tcp/9096", "/ip4/0.0.0.0/udp/9096/quic");

  static ClusterSettings read(Section s, Generated generated) {
    String peerName = s.text("peername", generated.hostName());
    Optional<byte[]> secret = secret(s.text("secret", generated.secret(), ""));
    s.flag("leave_on_shutdown", false);
    List<Multiaddr> listen = s.addresses("listen_multiaddress", LISTEN);
    List<Multiaddr> announce = s.addresses("announce_multiaddress", List.of());
    List<Multiaddr> noAnnounce = s.addresses("no_announce_multiaddress", List.of());
    s.flag("enable_relay_hop", true, false);
    Section connections = s.nested("connection_manager");
    int highWater = connections.integer("high_water", 400);
    connections.integer("low_water", 100);
    connections.duration("grace_period", Duration.ofMinutes(2));
    Section resources = s.nested("resource_manager");
    resources.flag("enabled", true);
    resources.number("memory_limit_bytes", 0);
    resources.number("file_descriptors_limit", 0);
    Pubsub pubsub = Pubsub.read(s.nested("pubsub"));
    Duration dial = s.duration("dial_peer_timeout", Duration.ofSeconds(3));
    Duration sync = s.duration("state_sync_interval", Duration.ofMinutes(5));
    Duration recover = s.duration("pin_recover_interval", Duration.ofMinutes(12));
    int min = orEverywhere(s.integer("replication_factor_min", -1));
    int max = orEverywhere(s.integer("replication_factor_max", -1));
    checkFactors(min, max);
    Duration ping = s.duration("monitor_ping_interval", Duration.ofSeconds(15));
    Duration watch = s.duration("peer_watch_interval", Duration.ofSeconds(5));
    boolean mdns = !s.duration("mdns_interval", Duration.ofSeconds(10)).isZero();
    boolean trustedOnly = s.flag("pin_only_on_trusted_peers", false);
    boolean untrustedOnly = s.flag("pin_only_on_untrusted_peers", false);
    boolean disableRepinning = s.flag("disable_repinning", true, false);
    if (trustedOnly && untrustedOnly) {
      throw new ConfigException(
          "cluster.pin_only_on_trusted_peers and pin_only_on_untrusted_peers cannot both be true");
    }
    boolean follower = s.flag("follower_mode", false);
    s.omitWhen("follower_mode", false);
    String peerstore = s.text("peerstore_file", "");
    s.omitWhen("peerstore_file", "");
    List<Multiaddr> peers = s.addresses("peer_addresses", List.of());
    s.ignore("id");
    s.ignore("private_key");
    return new ClusterSettings(
        peerName,
        secret,
        listen,
        announce,
        noAnnounce,
        positive(highWater, "cluster.connection_manager.high_water"),
        pubsub,
        positive(dial, "cluster.dial_peer_timeout"),
        positive(sync, "cluster.state_sync_interval"),
        positive(recover, "cluster.pin_recover_interval"),
        min,
        max,
        positive(ping, "cluster.monitor_ping_interval"),
        positive(watch, "cluster.peer_watch_interval"),
        mdns,
        trustedOnly,
        untrustedOnly,
        disableRepinning,
        follower,
        peerstore.isEmpty() ? "peerstore" : peerstore,
        peers);
  }

  /**
   * The {@code pubsub} object.
   *
   * @param degreeFactor what gossipsub's standard numbers of neighbours are multiplied by
   * @param historyGossip heartbeats for which a message is told of
   * @param historyLength heartbeats for which a message can be asked for
   */
  public record Pubsub(
      Duration seenMessagesTtl,
      Duration heartbeat,
      int degreeFactor,
      int historyGossip,
      int historyLength) {
    private static Pubsub read(Section s) {
      Pubsub pubsub =
          new Pubsub(
              positiveDuration(s, "seen_messages_ttl", Duration.ofMinutes(30)),
              positiveDuration(s, "heartbeat_interval", Duration.ofSeconds(10)),
              positiveInteger(s, "d_factor", 4),
              positiveInteger(s, "history_gossip", 2),
              positiveInteger(s, "history_length", 6));
      s.flag("flood_publish", false);
      if (pubsub.historyGossip > pubsub.historyLength) {
        throw new ConfigException(
            "cluster.pubsub.history_gossip must not be greater than history_length");
      }
      return pubsub;
    }

    private static Duration positiveDuration(Section s, String key, Duration byDefault) {
      return positive(s.duration(key, byDefault), "cluster.pubsub." + key);
    }

    private static int positiveInteger(Section s, String key, int byDefault) {
      return positive(s.integer(key, byDefault), "cluster.pubsub." + key);
    }
  }

  private static void checkFactors(int min, int max) {
    boolean everywhere = min == -1 && max == -1;
    if (!everywhere && (min < 1 || max < min)) {
      throw new ConfigException(
          "cluster.replication_factor_min and replication_factor_max must both be -1, or at least"
              + (" 1 with the first not above the second; not " + min + " and " + max));
    }
  }

  private static int orEverywhere(int factor) {
    return factor == 0 ? -1 : factor;
  }

  static Duration positive(Duration value, String name) {
    if (value.isZero() || value.isNegative()) {
      throw new ConfigException(
          name + " must be longer than zero, not " + GoDuration.format(value));
    }
    return value;
  }

  static int positive(int value, String name) {
    if (value <= 0) {
      throw new ConfigException(name + " must be greater than zero, not " + value);
    }
    return value;
  }

  private static Optional<byte[]> secret(String hex) {
    if (hex.isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] secret = HexFormat.of().parseHex(hex);
      if (secret.length == SECRET_BYTES) {
        return Optional.of(secret);
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException("cluster.secret must be 64 hexadecimal digits", e);
    }
    throw new ConfigException(
        "cluster.secret must be 64 hexadecimal digits, got " + hex.length() + " characters");
  }

  /** What a new file gets that no other file has. */
  public record Generated(String hostName, String secret) {}
}
