package io.ecluster.core.cluster;

import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends blocks to one peer from a virtual thread of its own, so that a slow peer delays the others
 * only when its queue is full. A failure is remembered, not thrown: whoever sends to several peers
 * decides what it means.
 *
 * <p>The peer keeps the blocks from garbage collection until the lane is closed. Close it when
 * their pins are complete, or when they are not wanted any more.
 */
public final class UploadLane implements AutoCloseable {
  /**
   * Batches that wait: the next is made while one is sent, and the fastest peer gets no more than
   * these ahead. With it memory is bounded.
   */
  private static final int QUEUED_BATCHES = 2;

  private static final List<Block> END = List.of();

  private final PeerBlocks blocks;
  private final PeerId peer;
  private final BlockingQueue<List<Block>> queue = new ArrayBlockingQueue<>(QUEUED_BATCHES);
  private final Thread thread;
  private volatile @Nullable RuntimeException failure;

  /** The last block of each stream that was sent to its end. */
  private volatile List<Cid> ended = List.of();

  private UploadLane(PeerBlocks blocks, PeerId peer) {
    this.blocks = blocks;
    this.peer = peer;
    this.thread = Thread.ofVirtual().name("upload to " + peer).unstarted(this::run);
  }

  public static UploadLane start(PeerBlocks blocks, PeerId peer) {
    UploadLane lane = new UploadLane(blocks, peer);
    lane.thread.start();
    return lane;
  }

  public PeerId peer() {
    return peer;
  }

  public boolean failed() {
    return failure != null;
  }

  /** Why it failed; empty if it did not. */
  public String failureText() {
    RuntimeException failed = failure;
    return failed == null ? "" : peer + ": " + failed.getMessage();
  }

  /**
   * Queues a batch, which is not changed afterwards; does nothing after a failure.
   *
   * @throws WaitInterruptedException if the calling thread is interrupted
   */
  public void send(List<Block> batch) {
    if (!batch.isEmpty()) {
      enqueue(batch);
    }
  }

  /**
   * Waits until the peer has stored everything, or has failed.
   *
   * @throws WaitInterruptedException if the calling thread is interrupted
   */
  public void finish() {
    enqueue(END);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    }
  }

  private void enqueue(List<Block> batch) {
    try {
      while (failure == null && !queue.offer(batch, 1, TimeUnit.SECONDS)) {
        // the peer is slow; look again whether it has failed
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    }
  }

  private void run() {
    try (Upload upload = blocks.upload(peer)) {
      for (List<Block> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
        upload.send(batch);
      }
      ended = upload.lasts();
      upload.finish();
    } catch (InterruptedException e) {
      failure = new WaitInterruptedException(e);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  /** Closes lanes, all at once. */
  public static void closeAll(Collection<UploadLane> lanes) {
    var _ =
        AtOnce.map(
            List.copyOf(lanes),
            lane -> {
              lane.close();
              return lane;
            });
  }

  /** Breaks off what is under way, and tells the peer that it need not keep the blocks for us. */
  @Override
  public void close() {
    thread.interrupt();
    ended.forEach(last -> blocks.letGo(peer, last));
  }
}
