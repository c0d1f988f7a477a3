package io.ecluster.service.daemon;

import io.ecluster.adder.AddLimits;
import io.ecluster.core.cluster.PeerSettings;
import io.ecluster.core.consensus.CrdtConfig;
import io.ecluster.core.monitor.MonitorSettings;
import io.ecluster.core.peers.MembershipSettings;
import io.ecluster.core.tracker.TrackerSettings;
import io.ecluster.libp2p.pubsub.GossipsubSettings;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.Settings;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;

/** What each part of a peer is told of the configuration, in that part's own terms. */
record PartSettings(Settings settings) {
  /** How long the holder of a shard may take to say that it is pinned. */
  static final Duration SHARD_PIN_TIMEOUT = Duration.ofSeconds(60);

  private static final Duration COMMIT_TIMEOUT = Duration.ofSeconds(30);

  /** A peer that has all blocks pins within moments, unless it has much else to pin. */
  private static final Duration COPY_TIMEOUT = Duration.ofSeconds(5);

  /** Gossipsub's standard is 5, 6 and 12 neighbours, and 6 to gossip with. */
  GossipsubSettings gossip() {
    var pubsub = settings.cluster().pubsub();
    int factor = pubsub.degreeFactor();
    return GossipsubSettings.cluster()
        .withHeartbeat(pubsub.heartbeat())
        .withDegrees(5 * factor, 6 * factor, 12 * factor, 6 * factor)
        .withMemory(pubsub.historyLength(), pubsub.historyGossip(), pubsub.seenMessagesTtl());
  }

  MonitorSettings monitor() {
    return new MonitorSettings(settings.monitorCheckInterval(), true);
  }

  MembershipSettings membership() {
    MembershipSettings standard = MembershipSettings.STANDARD;
    return new MembershipSettings(
        settings.cluster().dialPeerTimeout(),
        standard.round(),
        standard.discovery(),
        standard.pingTtl());
  }

  TrackerSettings tracker() {
    Settings.Tracker tracker = settings.tracker();
    return new TrackerSettings(
        tracker.concurrentPins(),
        TrackerSettings.DEFAULTS.unpinWorkers(),
        tracker.maxPinQueueSize(),
        tracker.priorityPinMaxAge(),
        tracker.priorityPinMaxRetries());
  }

  CrdtConfig crdt() {
    Settings.Crdt crdt = settings.crdt();
    boolean all = crdt.trustedPeers().contains("*");
    Set<PeerId> trusted =
        crdt.trustedPeers().stream()
            .filter(peer -> !peer.equals("*"))
            .map(PartSettings::trustedPeer)
            .collect(Collectors.toSet());
    return CrdtConfig.defaults(crdt.clusterName())
        .withTrusted(all, trusted)
        .withIntervals(crdt.rebroadcastInterval(), crdt.repairInterval())
        .withBatching(
            new CrdtConfig.Batching(crdt.maxBatchSize(), crdt.maxBatchAge(), crdt.maxQueueSize()));
  }

  private static PeerId trustedPeer(String text) {
    try {
      return PeerId.parse(text);
    } catch (FormatException e) {
      throw new ConfigException("consensus.crdt.trusted_peers: " + e.getMessage(), e);
    }
  }

  PeerSettings peer() {
    var cluster = settings.cluster();
    return new PeerSettings(
        cluster.peerName(),
        Daemon.VERSION,
        cluster.replicationMin(),
        cluster.replicationMax(),
        settings.allocateBy(),
        cluster.pinOnlyOnTrustedPeers(),
        cluster.pinOnlyOnUntrustedPeers(),
        cluster.followerMode(),
        cluster.disableRepinning(),
        cluster.stateSyncInterval(),
        cluster.pinRecoverInterval());
  }

  AddLimits add() {
    int cell = Math.toIntExact(settings.erasure().cellSizeBytes());
    return new AddLimits(cell, SHARD_PIN_TIMEOUT, COMMIT_TIMEOUT, COPY_TIMEOUT);
  }
}
