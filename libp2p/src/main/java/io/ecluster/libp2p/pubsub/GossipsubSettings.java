package io.ecluster.libp2p.pubsub;

import java.time.Duration;

/**
 * How a gossipsub mesh is kept.
 *
 * @param heartbeat how often meshes are mended and gossip is sent
 * @param degree peers wanted in a mesh
 * @param degreeLow below this the heartbeat adds peers
 * @param degreeHigh above this the heartbeat removes peers
 * @param degreeLazy peers outside the mesh that are told what messages there are
 * @param history heartbeats for which a message can still be asked for
 * @param gossipHistory heartbeats for which a message is told of
 * @param queueFrames frames that may wait for one peer before some are dropped
 * @param pruneBackoff how long a pruned peer is not grafted again
 * @param seenTtl how long a message id is remembered
 */
public record GossipsubSettings(
    Duration heartbeat,
    int degree,
    int degreeLow,
    int degreeHigh,
    int degreeLazy,
    int history,
    int gossipHistory,
    int queueFrames,
    Duration pruneBackoff,
    Duration seenTtl) {

  public GossipsubSettings {
    if (degreeLow > degree || degree > degreeHigh || gossipHistory > history) {
      throw new IllegalArgumentException(
          "want degreeLow <= degree <= degreeHigh and gossipHistory <= history");
    }
  }

  /** What IPFS Cluster v1.1.6 uses. */
  public static GossipsubSettings cluster() {
    return new GossipsubSettings(
        Duration.ofSeconds(10),
        24,
        20,
        48,
        24,
        6,
        2,
        128,
        Duration.ofMinutes(1),
        Duration.ofMinutes(30));
  }

  public GossipsubSettings withHeartbeat(Duration period) {
    return new GossipsubSettings(
        period,
        degree,
        degreeLow,
        degreeHigh,
        degreeLazy,
        history,
        gossipHistory,
        queueFrames,
        pruneBackoff,
        seenTtl);
  }

  public GossipsubSettings withDegrees(int low, int wanted, int high, int lazy) {
    return new GossipsubSettings(
        heartbeat,
        wanted,
        low,
        high,
        lazy,
        history,
        gossipHistory,
        queueFrames,
        pruneBackoff,
        seenTtl);
  }

  public GossipsubSettings withMemory(int newHistory, int newGossipHistory, Duration newSeenTtl) {
    return new GossipsubSettings(
        heartbeat,
        degree,
        degreeLow,
        degreeHigh,
        degreeLazy,
        newHistory,
        newGossipHistory,
        queueFrames,
        pruneBackoff,
        newSeenTtl);
  }
}
