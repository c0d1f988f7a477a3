package io.ecluster.service;

import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** An add whose upload stops in the middle of the file until it is let go. */
final class HeldAdd implements AutoCloseable {
  private final byte[] content;
  private final int heldAt;
  private final CountDownLatch letGo = new CountDownLatch(1);
  private final List<JsonObject> events = new CopyOnWriteArrayList<>();
  private final FutureTask<List<JsonObject>> add;
  private final Thread thread;

  private HeldAdd(PeerProcess peer, String query, byte[] content, int heldAt) {
    this.content = content;
    this.heldAt = heldAt;
    this.add = new FutureTask<>(() -> upload(peer, query));
    this.thread = Thread.ofPlatform().daemon().name("held add").unstarted(add);
  }

  /** Begins an add that sends {@code heldAt} bytes of a file and then no more. */
  static HeldAdd start(PeerProcess peer, String query, byte[] content, int heldAt) {
    HeldAdd held = new HeldAdd(peer, query, content, heldAt);
    held.thread.start();
    return held;
  }

  private List<JsonObject> upload(PeerProcess peer, String query) {
    peer.api().upload("/add?" + query, PeerProcesses.UPLOAD_TYPE, this::write, events::add);
    return events;
  }

  private void write(OutputStream out) throws IOException {
    out.write(PeerProcesses.uploadHead());
    out.write(content, 0, heldAt);
    out.flush();
    try {
      letGo.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the upload was given up");
    }
    out.write(content, heldAt, content.length - heldAt);
    out.write(PeerProcesses.uploadTail());
  }

  /** Whether it has ended, well or not. */
  boolean ended() {
    return add.isDone();
  }

  void letGo() {
    letGo.countDown();
  }

  /** Sends the rest and gives all events of the add; throws what it failed with. */
  List<JsonObject> finish() throws InterruptedException {
    letGo();
    try {
      return add.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    letGo();
  }
}
