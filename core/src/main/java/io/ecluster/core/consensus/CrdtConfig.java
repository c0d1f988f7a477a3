package io.ecluster.core.consensus;

import io.ecluster.multiformats.Multibase;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Set;

/**
 * How a peer takes part in the CRDT.
 *
 * @param clusterName peers of one name share a pinset
 * @param trustAll whether every peer of the cluster may change the pinset
 * @param trustedPeers who else may, when not all
 * @param rebroadcastInterval how often, give or take 30 %, heads are announced that nobody else did
 * @param repairInterval how often what could not be fetched is tried again, and damage looked for
 * @param batching off by default: every commit is a delta
 * @param firstSyncWait how long the first write of a peer that knows nothing waits for the heads of
 *     others. A write made before that starts a second root whose low height loses against any
 *     older value. Java peers answer at once, also when they have nothing; Go peers within 78 s.
 * @param fetchTimeout for one block
 * @param workers blocks fetched at once
 */
public record CrdtConfig(
    String clusterName,
    boolean trustAll,
    Set<PeerId> trustedPeers,
    Duration rebroadcastInterval,
    Duration repairInterval,
    Batching batching,
    Duration firstSyncWait,
    Duration fetchTimeout,
    int workers) {
  private static final long MD5 = 0xd5;

  public CrdtConfig {
    trustedPeers = Set.copyOf(trustedPeers);
    requirePositive("rebroadcast_interval", rebroadcastInterval);
    requirePositive("repair_interval", repairInterval);
    requirePositive("fetch timeout", fetchTimeout);
    if (workers < 1) {
      throw new IllegalArgumentException("workers must be at least 1, not " + workers);
    }
  }

  /**
   * Several commits in one delta, written when there are {@code maxSize} changes or the oldest is
   * {@code maxAge} old. A commit then returns once it is queued, and what is queued is lost with a
   * killed process.
   *
   * @param maxQueue changes waiting; more are refused
   */
  public record Batching(int maxSize, Duration maxAge, int maxQueue) {
    /** No batching, as Go has it by default. */
    public static final Batching OFF = new Batching(0, Duration.ZERO, 50_000);

    public boolean enabled() {
      return maxSize > 0 && maxAge.isPositive();
    }
  }

  /** Go's defaults; every peer is trusted. */
  public static CrdtConfig defaults(String clusterName) {
    return new CrdtConfig(
        clusterName,
        true,
        Set.of(),
        Duration.ofMinutes(1),
        Duration.ofHours(1),
        Batching.OFF,
        Duration.ofSeconds(3),
        Duration.ofMinutes(2),
        50);
  }

  public CrdtConfig withTrusted(boolean all, Set<PeerId> peers) {
    return new CrdtConfig(
        clusterName,
        all,
        peers,
        rebroadcastInterval,
        repairInterval,
        batching,
        firstSyncWait,
        fetchTimeout,
        workers);
  }

  public CrdtConfig withIntervals(Duration rebroadcast, Duration repair) {
    return new CrdtConfig(
        clusterName,
        trustAll,
        trustedPeers,
        rebroadcast,
        repair,
        batching,
        firstSyncWait,
        fetchTimeout,
        workers);
  }

  public CrdtConfig withBatching(Batching newBatching) {
    return new CrdtConfig(
        clusterName,
        trustAll,
        trustedPeers,
        rebroadcastInterval,
        repairInterval,
        newBatching,
        firstSyncWait,
        fetchTimeout,
        workers);
  }

  /** With other waits for the first heads and for a block. */
  public CrdtConfig withWaits(Duration firstSync, Duration fetch) {
    return new CrdtConfig(
        clusterName,
        trustAll,
        trustedPeers,
        rebroadcastInterval,
        repairInterval,
        batching,
        firstSync,
        fetch,
        workers);
  }

  /** The pubsub topic: the MD5 multihash of the cluster's name, in base58. */
  public String topic() {
    try {
      byte[] name = clusterName.getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("MD5").digest(name);
      return Multibase.BASE58BTC.encode(Multihash.of(MD5, digest).toBytes());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  private static void requirePositive(String what, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(what + " must be positive, not " + value);
    }
  }
}
