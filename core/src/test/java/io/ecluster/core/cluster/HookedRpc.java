package io.ecluster.core.cluster;

import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Lets a test act at the moment when a call to a peer begins. */
public record HookedRpc(Rpc rpc, BiConsumer<PeerId, RpcMethod<?, ?>> before) implements Rpc {
  @Override
  public <A, R> void serve(RpcMethod<A, R> method, Handler<A, R> handler) {
    rpc.serve(method, handler);
  }

  @Override
  public <A, R> void serveStream(RpcMethod<A, R> method, StreamHandler<A, R> handler) {
    rpc.serveStream(method, handler);
  }

  @Override
  public <A, R> R call(PeerId to, RpcMethod<A, R> method, A argument, Duration timeout) {
    before.accept(to, method);
    return rpc.call(to, method, argument, timeout);
  }

  @Override
  public <A, R> Call<A, R> open(PeerId to, RpcMethod<A, R> method, Duration timeout) {
    before.accept(to, method);
    return rpc.open(to, method, timeout);
  }

  @Override
  public void close() {
    rpc.close();
  }
}
