package io.ecluster.adder;

import io.ecluster.ipld.Block;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends blocks to one peer from a virtual thread of its own, so that a slow peer delays the others
 * only when its queue is full. A failure is remembered, not thrown: the add decides what it means.
 */
final class PeerUpload implements AutoCloseable {
  /**
   * Batches that wait; with that memory is bounded, and the fastest peer gets two batches ahead.
   */
  private static final int QUEUED_BATCHES = 2;

  private static final List<Block> END = List.of();

  private final AdderCluster cluster;
  private final PeerId peer;
  private final BlockingQueue<List<Block>> queue = new ArrayBlockingQueue<>(QUEUED_BATCHES);
  private final Thread thread;
  private volatile @Nullable RuntimeException failure;

  private PeerUpload(AdderCluster cluster, PeerId peer) {
    this.cluster = cluster;
    this.peer = peer;
    this.thread = Thread.ofVirtual().name("upload to " + peer).unstarted(this::run);
  }

  static PeerUpload start(AdderCluster cluster, PeerId peer) {
    PeerUpload upload = new PeerUpload(cluster, peer);
    upload.thread.start();
    return upload;
  }

  PeerId peer() {
    return peer;
  }

  boolean failed() {
    return failure != null;
  }

  String failureText() {
    RuntimeException failed = failure;
    return failed == null ? "" : peer + ": " + failed.getMessage();
  }

  /** Queues a batch, which is not changed afterwards; does nothing after a failure. */
  void send(List<Block> batch) {
    if (!batch.isEmpty()) {
      enqueue(batch);
    }
  }

  /** Waits until the peer has stored everything, or has failed. */
  void finish() {
    enqueue(END);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AddFailedException("interrupted while waiting for " + peer, e);
    }
  }

  private void enqueue(List<Block> batch) {
    try {
      while (failure == null && !queue.offer(batch, 1, TimeUnit.SECONDS)) {
        // the peer is slow; look again whether it has failed
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AddFailedException("interrupted while sending to " + peer, e);
    }
  }

  private void run() {
    try (AdderCluster.Upload upload = cluster.upload(peer)) {
      for (List<Block> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
        upload.send(batch);
      }
      upload.finish();
    } catch (InterruptedException e) {
      failure = new AddFailedException("upload was broken off", e);
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
