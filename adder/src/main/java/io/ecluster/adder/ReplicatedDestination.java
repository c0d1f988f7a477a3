package io.ecluster.adder;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.UploadLane;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends every block to every holder. One holder that got all of it is enough; the others fetch. */
final class ReplicatedDestination implements BlockDestination {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicatedDestination.class);

  /** Blocks are sent in batches of about this size. */
  private static final int BATCH_BYTES = 1024 * 1024;

  private final AdderCluster cluster;
  private final AddLimits limits;
  private final AddRequest request;
  private final PinOptions options;
  private final List<PeerId> allocations;
  private final List<UploadLane> uploads = new ArrayList<>();
  private List<Block> batch = new ArrayList<>();
  private int batchBytes;

  /**
   * @param options of the pin, with defaults filled in
   */
  ReplicatedDestination(
      AdderCluster cluster, AddLimits limits, AddRequest request, PinOptions options) {
    this.cluster = cluster;
    this.limits = limits;
    this.request = request;
    this.options = options;
    this.allocations = cluster.allocate(options);
    List<PeerId> destinations = request.local() ? List.of(cluster.self()) : allocations;
    destinations.forEach(peer -> uploads.add(cluster.upload(peer)));
  }

  List<PeerId> allocations() {
    return allocations;
  }

  @Override
  public void put(Block block) {
    batch.add(block);
    batchBytes += block.size();
    if (batchBytes >= BATCH_BYTES) {
      flush();
    }
  }

  private void flush() {
    List<Block> full = batch;
    uploads.forEach(upload -> upload.send(full));
    batch = new ArrayList<>();
    batchBytes = 0;
    requireSomeAlive();
  }

  private void requireSomeAlive() {
    if (uploads.stream().allMatch(UploadLane::failed)) {
      throw new AddFailedException(
          "failed to put block on all destinations: " + uploads.getFirst().failureText());
    }
  }

  @Override
  public Optional<AddEvent.Receipt> commit(Cid root, long fileBytes, Consumer<AddEvent> events) {
    flush();
    uploads.forEach(UploadLane::finish);
    requireSomeAlive();
    uploads.stream()
        .filter(UploadLane::failed)
        .forEach(u -> LOG.warn("{} did not take all blocks: {}", u.peer(), u.failureText()));
    if (request.pinIt()) {
      cluster.pin(Pin.of(root, options).withAllocations(pinAllocations()));
      leaveThoseThatHaveNotPinned(root);
    }
    return Optional.empty();
  }

  /** A holder that has not pinned yet must keep the blocks: its lane is not closed. */
  private void leaveThoseThatHaveNotPinned(Cid root) {
    List<UploadLane> stored = uploads.stream().filter(lane -> !lane.failed()).toList();
    List<Boolean> pinned =
        AtOnce.map(
            stored, lane -> cluster.awaitPinned(lane.peer(), List.of(root), limits.copyTimeout()));
    uploads.removeIf(lane -> stored.contains(lane) && !pinned.get(stored.indexOf(lane)));
  }

  /** A pin that is held everywhere names nobody. */
  private List<PeerId> pinAllocations() {
    if (options.everywhere()) {
      return List.of();
    }
    if (!request.local() || allocations.contains(cluster.self())) {
      return allocations;
    }
    List<PeerId> withSelf = new ArrayList<>(allocations);
    withSelf.set(withSelf.size() - 1, cluster.self());
    return withSelf;
  }

  @Override
  public void close() {
    UploadLane.closeAll(uploads);
  }
}
