package io.ecluster.libp2p.pubsub;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What the router knows of one peer. */
final class RouterPeer {
  /** Topics remembered of one peer; a cluster has two. */
  static final int MAX_TOPICS = 256;

  /** Go takes no more IHAVE frames than this from a peer between two heartbeats. */
  private static final int MAX_HAVE_FRAMES = 10;

  final Set<String> topics = new HashSet<>();
  private final Map<String, Instant> backoffs = new HashMap<>();
  private int haveFrames;
  private int asked;

  /** Speaks only floodsub: is in no mesh and understands no gossip, so gets everything. */
  boolean floods;

  /** False if the peer has too many topics. */
  boolean join(String topic) {
    return topics.contains(topic) || (topics.size() < MAX_TOPICS && topics.add(topic));
  }

  boolean backsOff(String topic, Instant now) {
    Instant until = backoffs.get(topic);
    return until != null && now.isBefore(until);
  }

  /** Only for topics of ours, so that their number is bounded. */
  void backOff(String topic, Instant until) {
    backoffs.merge(topic, until, (a, b) -> a.isAfter(b) ? a : b);
  }

  /** How many ids may be asked for after one more IHAVE frame. */
  int mayAsk() {
    return ++haveFrames > MAX_HAVE_FRAMES ? 0 : RpcReader.MAX_IDS - asked;
  }

  void hasAsked(int ids) {
    asked += ids;
  }

  void heartbeat(Instant now) {
    haveFrames = 0;
    asked = 0;
    backoffs.values().removeIf(until -> !now.isBefore(until));
  }
}
