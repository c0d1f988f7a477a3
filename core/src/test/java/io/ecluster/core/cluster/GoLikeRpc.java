package io.ecluster.core.cluster;

import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;

/** Serves what Go peers serve, and nothing of {@link ErasureMethods}. */
record GoLikeRpc(Rpc rpc) implements Rpc {
  @Override
  public <A, R> void serve(RpcMethod<A, R> method, Handler<A, R> handler) {
    if (isKnownToGo(method)) {
      rpc.serve(method, handler);
    }
  }

  @Override
  public <A, R> void serveStream(RpcMethod<A, R> method, StreamHandler<A, R> handler) {
    if (isKnownToGo(method)) {
      rpc.serveStream(method, handler);
    }
  }

  private static boolean isKnownToGo(RpcMethod<?, ?> method) {
    return !method.service().equals(ErasureMethods.AWAIT_PINNED.service());
  }

  @Override
  public <A, R> R call(PeerId to, RpcMethod<A, R> method, A argument, Duration timeout) {
    return rpc.call(to, method, argument, timeout);
  }

  @Override
  public <A, R> Call<A, R> open(PeerId to, RpcMethod<A, R> method, Duration timeout) {
    return rpc.open(to, method, timeout);
  }

  @Override
  public void close() {
    rpc.close();
  }
}
