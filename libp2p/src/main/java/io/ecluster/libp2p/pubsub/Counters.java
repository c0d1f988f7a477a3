package io.ecluster.libp2p.pubsub;

import io.ecluster.libp2p.Refusals;
import java.util.concurrent.atomic.LongAdder;

/** The live form of {@link GossipsubStats}. */
final class Counters {
  final LongAdder published = new LongAdder();
  final LongAdder delivered = new LongAdder();
  final LongAdder sentFrames = new LongAdder();
  final LongAdder receivedFrames = new LongAdder();
  final Refusals refusedFrames = new Refusals();
  final LongAdder refused = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder droppedFrames = new LongAdder();
  final LongAdder droppedDeliveries = new LongAdder();

  GossipsubStats snapshot() {
    return new GossipsubStats(
        published.sum(),
        delivered.sum(),
        sentFrames.sum(),
        receivedFrames.sum(),
        refusedFrames.of(Refusals.Reason.FORGED),
        refused.sum(),
        duplicates.sum(),
        refusedFrames.of(Refusals.Reason.MALFORMED),
        droppedFrames.sum(),
        droppedDeliveries.sum());
  }
}
