package io.ecluster.core.cluster;

import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the blocks that other peers send.
 *
 * <p>Blocks are put in batches, since each put waits for the disk once; while one batch is written
 * the next is read from the network. The stream ends only after all is stored, so that its end is
 * the sender's word. Blocks are checked against their CIDs by the node.
 *
 * <p>A guard keeps the blocks from garbage collection while the stream lasts and then until the
 * sender lets go of them, which it does when their pin is complete or will not come. Senders that
 * die, and Go peers, do not say so: then a time limit ends the guard.
 */
final class BlockReceiver implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BlockReceiver.class);

  /** Few enough waits for the disk, small enough for many streams at once. */
  static final int BATCH_BYTES = 4 << 20;

  /** Bounds a batch of tiny blocks. */
  static final int BATCH_BLOCKS = 4096;

  /** The pin follows its blocks within seconds, or not at all. */
  static final Duration GUARD_AFTER_END = Duration.ofMinutes(2);

  /** In Go's words. */
  private static final String NO_BLOCKS = "BlockStream: no blocks to peek in blocks channel";

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final KeptGuards guards = new KeptGuards();
  private final IpfsNode ipfs;
  private final Sleeper sleeper;

  BlockReceiver(IpfsNode ipfs, Sleeper sleeper) {
    this.ipfs = ipfs;
    this.sleeper = sleeper;
  }

  /**
   * Stores all blocks of a stream.
   *
   * @throws IpfsException if there are none, or one cannot be stored or is not what its CID says
   */
  void receive(PeerId sender, Iterator<NodeWithMeta> nodes) throws InterruptedException {
    KeptGuards.Kept guard = guards.open(ipfs.guard());
    Optional<Cid> last = Optional.empty();
    try {
      last = Optional.of(storeAll(nodes));
    } finally {
      if (last.isPresent()) {
        guards.ended(guard, sender, last.get());
        guard.endsBy(threads.submit(() -> closeLater(guard)));
      } else {
        guard.close();
      }
    }
  }

  /** Ends the guard of a stream of this sender that ended with this block, if there is one. */
  Nothing letGo(PeerId sender, Cid last) {
    guards.letGo(sender, last);
    return Nothing.NOTHING;
  }

  /** Gives the last block's CID. */
  private Cid storeAll(Iterator<NodeWithMeta> nodes) throws InterruptedException {
    Future<?> writing = threads.submit(() -> {});
    Optional<Cid> last = Optional.empty();
    while (nodes.hasNext()) {
      List<Block> batch = nextBatch(nodes);
      join(writing);
      writing = threads.submit(() -> ipfs.put(batch));
      last = Optional.of(batch.getLast().cid());
    }
    join(writing);
    return last.orElseThrow(() -> new IpfsException(NO_BLOCKS));
  }

  private static List<Block> nextBatch(Iterator<NodeWithMeta> nodes) {
    List<Block> batch = new ArrayList<>();
    long bytes = 0;
    while (bytes < BATCH_BYTES && batch.size() < BATCH_BLOCKS && nodes.hasNext()) {
      NodeWithMeta node = nodes.next();
      batch.add(new Block(node.cid(), node.data()));
      bytes += node.data().length;
    }
    return batch;
  }

  private static void join(Future<?> writing) throws InterruptedException {
    try {
      writing.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IpfsException("blocks could not be stored", e);
    }
  }

  private void closeLater(KeptGuards.Kept guard) {
    try {
      sleeper.sleep(GUARD_AFTER_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      guard.close();
    }
  }

  /** Lets go of all guards before it returns, for the node may be closed next. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      boolean ended = threads.awaitTermination(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
      log.debug("Receiving blocks ended in time: {}", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
