package io.ecluster.core.rpc;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A streaming call that tells how it ended, once it is closed. */
final class WatchedCall<A, R> implements Rpc.Call<A, R> {
  private final Rpc.Call<A, R> call;
  private final CallWatch.UnderWay watch;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable RpcException failure;

  WatchedCall(Rpc.Call<A, R> call, CallWatch.UnderWay watch) {
    this.call = call;
    this.watch = watch;
  }

  @Override
  public void send(A argument) {
    try {
      call.send(argument);
    } catch (RpcException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void closeSend() {
    try {
      call.closeSend();
    } catch (RpcException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public @Nullable R next() {
    try {
      return call.next();
    } catch (RpcException e) {
      failure = e;
      throw e;
    }
  }

  @Override
  public void close() {
    call.close();
    if (closed.compareAndSet(false, true)) {
      watch.ended(Optional.ofNullable(failure));
    }
  }
}
