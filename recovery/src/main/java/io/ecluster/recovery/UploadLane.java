package io.ecluster.recovery;

import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends the blocks of one column to its new holder, from a virtual thread of its own. A failure is
 * remembered, not thrown: the column is lost for this round, the others are not.
 */
final class UploadLane implements AutoCloseable {
  /** Cells that wait: the next is rebuilt while one is sent, and memory stays bounded. */
  private static final int QUEUED_CELLS = 2;

  private static final List<Block> END = List.of();

  private final PeerBlocks blocks;
  private final PeerId peer;
  private final BlockingQueue<List<Block>> queue = new ArrayBlockingQueue<>(QUEUED_CELLS);
  private final Thread thread;
  private volatile @Nullable RuntimeException failure;

  private UploadLane(PeerBlocks blocks, PeerId peer) {
    this.blocks = blocks;
    this.peer = peer;
    this.thread = Thread.ofVirtual().name("repair to " + peer).unstarted(this::run);
  }

  static UploadLane start(PeerBlocks blocks, PeerId peer) {
    UploadLane lane = new UploadLane(blocks, peer);
    lane.thread.start();
    return lane;
  }

  PeerId peer() {
    return peer;
  }

  boolean failed() {
    return failure != null;
  }

  /** Why it failed; empty if it did not. */
  String failureText() {
    RuntimeException failed = failure;
    return failed == null ? "" : peer + ": " + failed.getMessage();
  }

  /** Queues a cell; does nothing after a failure. */
  void send(List<Block> cell) {
    if (!cell.isEmpty()) {
      enqueue(cell);
    }
  }

  /** Waits until the peer has stored everything, or has failed. */
  void finish() {
    enqueue(END);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReadInterruptedException(e);
    }
  }

  private void enqueue(List<Block> cell) {
    try {
      while (failure == null && !queue.offer(cell, 1, TimeUnit.SECONDS)) {
        // the peer is slow; look again whether it has failed
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReadInterruptedException(e);
    }
  }

  private void run() {
    try (PeerBlocks.Upload upload = blocks.upload(peer)) {
      for (List<Block> cell = queue.take(); !cell.isEmpty(); cell = queue.take()) {
        upload.send(cell);
      }
      upload.finish();
    } catch (InterruptedException e) {
      failure = new ReadInterruptedException(e);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
