package io.ecluster.core.rpc;

import io.ecluster.core.rpc.RpcException.Kind;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A streaming call to oneself: the method runs on a virtual thread, values pass by reference. As
 * much may be under way as to another peer: callers send many small arguments before they look for
 * the first reply.
 */
final class LocalCall<A, R> implements Rpc.Call<A, R> {
  private final MethodTable.Streaming<A, R> served;
  private final PeerId self;
  private final Duration patience;
  private final Pipe<A> arguments = new Pipe<>(RemoteCall.MAX_BYTES_AHEAD);
  private final Pipe<R> replies = new Pipe<>(RemoteCall.MAX_BYTES_AHEAD);
  private final Thread runner = Thread.ofVirtual().name("rpc-local").unstarted(this::run);

  LocalCall(MethodTable.Streaming<A, R> served, PeerId self, Duration patience) {
    this.served = served;
    this.self = self;
    this.patience = patience;
  }

  void start() {
    runner.start();
  }

  private void run() {
    try {
      served.handler().answer(self, new Arguments(), this::reply);
      replies.end();
    } catch (Exception e) {
      replies.fail(Failures.ofMethod(e));
    } finally {
      arguments.abandon();
    }
  }

  private void reply(R reply) {
    waiting(() -> {
      if (!replies.put(reply, weight(reply), Duration.ZERO)) {
        throw new RpcException(Kind.METHOD, Failures.CANCELLED);
      }
      return true;
    });
  }

  @Override
  public void send(A argument) {
    RpcException failure = replies.failure();
    if (failure != null) {
      throw new RpcException(failure.kind(), Failures.text(failure), failure);
    }
    waiting(() -> arguments.put(argument, weight(argument), patience));
  }

  /** Only blocks are large. */
  private static long weight(Object value) {
    return RemoteCall.OVERHEAD_BYTES
        + (value instanceof NodeWithMeta node ? node.data().length : 0);
  }

  @Override
  public void closeSend() {
    arguments.end();
  }

  @Override
  public @Nullable R next() {
    return waiting(() -> replies.take(patience));
  }

  @Override
  public void close() {
    replies.abandon();
    if (!replies.isEnded()) {
      runner.interrupt();
    }
  }

  private <T> @Nullable T waiting(Waiting<T> action) {
    try {
      return action.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcException(Kind.CLIENT, Failures.CANCELLED, e);
    } catch (TimeoutException e) {
      String text = ServiceId.of(served.method()) + " here: " + Failures.text(e);
      throw new RpcException(Kind.CLIENT, text, e);
    }
  }

  @FunctionalInterface
  private interface Waiting<T> {
    @Nullable T run() throws InterruptedException, TimeoutException;
  }

  /** The arguments as the method reads them. */
  private final class Arguments implements Iterator<A> {
    private @Nullable A ahead;

    @Override
    public boolean hasNext() {
      if (ahead == null) {
        ahead = waiting(() -> arguments.take(Duration.ZERO));
      }
      return ahead != null;
    }

    @Override
    public A next() {
      A value = hasNext() ? ahead : null;
      ahead = null;
      if (value == null) {
        throw new NoSuchElementException("no more arguments");
      }
      return value;
    }
  }
}
