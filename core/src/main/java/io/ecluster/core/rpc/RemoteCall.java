package io.ecluster.core.rpc;

import io.ecluster.core.rpc.RpcException.Kind;
import io.ecluster.libp2p.Stream;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A streaming call to another peer. One virtual thread reads replies ahead, so that an error is
 * seen while arguments are still being sent; another breaks off a send that the peer does not take.
 */
final class RemoteCall<A, R> implements Rpc.Call<A, R> {
  /** Bytes of replies read ahead of the caller: some blocks, or thousands of statuses. */
  static final long MAX_BYTES_AHEAD = 4L << 20;

  /** What an object costs beside its bytes, roughly. */
  static final long OVERHEAD_BYTES = 500;

  /** The largest reply: the keys of a big garbage collection. */
  static final long MAX_REPLY_BYTES = 64L << 20;

  private final Stream stream;
  private final RpcMethod<A, R> method;
  private final Duration patience;
  private final BatchingOutput output;
  private final MsgWriter writer;
  private final Pipe<R> replies = new Pipe<>(MAX_BYTES_AHEAD);
  private @Nullable Thread stallWatch;
  private volatile long sendingSinceNanos;
  private volatile boolean stalled;
  private volatile boolean closed;

  /**
   * @param patience how long one send or one reply may take; zero is for ever
   */
  RemoteCall(Stream stream, RpcMethod<A, R> method, Duration patience) {
    this.stream = stream;
    this.method = method;
    this.patience = patience;
    this.output = new BatchingOutput(stream.output());
    this.writer = new MsgWriter(output);
  }

  /** Sends which method is called, and begins to read. */
  void start() throws IOException {
    ServiceId.CODEC.write(writer, ServiceId.of(method));
    output.flush();
    Thread.ofVirtual().name("rpc-replies").start(this::readReplies);
  }

  @Override
  public void send(A argument) {
    sending(() -> {
      method.argument().write(writer, argument);
      output.flushSoon();
    });
  }

  @Override
  public void closeSend() {
    sending(() -> {
      output.flush();
      stream.closeWrite();
    });
  }

  private void sending(Sending action) {
    requireNotFailed();
    watchForStalls();
    sendingSinceNanos = System.nanoTime() | 1;
    try {
      action.run();
    } catch (IOException e) {
      requireNotFailed();
      throw broken(e);
    } finally {
      sendingSinceNanos = 0;
    }
  }

  private void requireNotFailed() {
    RpcException failure = replies.failure();
    if (failure != null) {
      throw new RpcException(failure.kind(), Failures.text(failure), failure);
    }
  }

  private RpcException broken(IOException e) {
    String reason = stalled ? "takes no data for " + patience : Failures.text(e);
    return new RpcException(Kind.CLIENT, name() + ": " + reason, e);
  }

  private String name() {
    return ServiceId.of(method) + " on " + stream.remotePeer();
  }

  private void watchForStalls() {
    if (stallWatch == null && !patience.isZero()) {
      stallWatch = Thread.ofVirtual().name("rpc-stall").start(this::resetWhenStalled);
    }
  }

  private void resetWhenStalled() {
    while (!closed) {
      LockSupport.parkNanos(Math.max(1_000_000, patience.toNanos() / 4));
      long since = sendingSinceNanos;
      if (since != 0 && System.nanoTime() - since > patience.toNanos()) {
        stalled = true;
        stream.reset();
        return;
      }
    }
  }

  @Override
  public @Nullable R next() {
    try {
      return replies.take(patience);
    } catch (TimeoutException e) {
      String text = name() + " does not answer within " + patience;
      throw new RpcException(Kind.CLIENT, text, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcException(Kind.CLIENT, name() + " was interrupted", e);
    }
  }

  private void readReplies() {
    MsgReader reader = new MsgReader(stream.input(), MAX_REPLY_BYTES);
    try {
      while (!reader.atEnd()) {
        reader.startMessage();
        long start = reader.position();
        requireOk(Response.CODEC.read(reader));
        R reply = method.reply().read(reader);
        replies.put(reply, reader.position() - start + OVERHEAD_BYTES, Duration.ZERO);
      }
      replies.end();
    } catch (RpcException refused) {
      replies.fail(refused);
      stream.reset();
    } catch (IOException e) {
      replies.fail(broken(e));
      stream.reset();
    } catch (InterruptedException | TimeoutException e) {
      replies.fail(new RpcException(Kind.CLIENT, name() + " was cancelled", e));
    }
  }

  static void requireOk(Response response) {
    if (response.failed()) {
      throw new RpcException(response.kind(), response.error());
    }
  }

  @Override
  public void close() {
    closed = true;
    boolean over = replies.isEnded() && replies.failure() == null;
    replies.abandon();
    LockSupport.unpark(stallWatch);
    if (over) {
      closeQuietly();
    } else {
      stream.reset();
    }
  }

  private void closeQuietly() {
    try {
      stream.close();
    } catch (IOException e) {
      stream.reset();
    }
  }

  @FunctionalInterface
  private interface Sending {
    void run() throws IOException;
  }
}
