package io.ecluster.allocator;

import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.cluster.ShardAllocator;
import java.util.random.RandomGenerator;

/** Places shards, and remembers for a while what it gave to whom. */
public final class PromisingAllocator implements ShardAllocator {
  private final Promises promises;
  private final RandomGenerator random;

  /**
   * @param promises shared with all else that places shards from here
   */
  public PromisingAllocator(Promises promises, RandomGenerator random) {
    this.promises = promises;
    this.random = random;
  }

  @Override
  public Allotment allocate(Request request) {
    PlacementRequest wanted =
        new PlacementRequest(
            request.columns(),
            request.siblings(),
            request.parityShards(),
            promises.candidates(request.live()),
            request.excluded(),
            request.allowShared(),
            request.bytesPerColumn(),
            random.nextLong());
    return switch (ShardPlacement.place(wanted)) {
      case Placement.Placed placed -> allotment(placed, request.bytesPerColumn());
      case Placement.Refused refused -> throw new NotEnoughPeersException(refused.message());
    };
  }

  private Allotment allotment(Placement.Placed placed, long bytesPerColumn) {
    placed.holders().values().forEach(peer -> promises.add(peer, bytesPerColumn));
    Placement.Receipt receipt = placed.receipt();
    return new Allotment(placed.holders(), receipt.peerMargin(), receipt.relaxed());
  }
}
