package io.ecluster.libp2p.pubsub;

import java.util.concurrent.atomic.LongAdder;

/** The live form of {@link GossipsubStats}. */
final class Counters {
  final LongAdder published = new LongAdder();
  final LongAdder delivered = new LongAdder();
  final LongAdder sentFrames = new LongAdder();
  final LongAdder receivedFrames = new LongAdder();
  final LongAdder invalid = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder hostileStreams = new LongAdder();
  final LongAdder droppedFrames = new LongAdder();
  final LongAdder droppedDeliveries = new LongAdder();

  GossipsubStats snapshot() {
    return new GossipsubStats(
        published.sum(),
        delivered.sum(),
        sentFrames.sum(),
        receivedFrames.sum(),
        invalid.sum(),
        refused.sum(),
        duplicates.sum(),
        hostileStreams.sum(),
        droppedFrames.sum(),
        droppedDeliveries.sum());
  }
}
