package io.ecluster.core.rpc;

import io.ecluster.core.rpc.RpcException.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which methods there are, and what answers them here. */
final class MethodTable {
  private final Map<ServiceId, RpcMethod<?, ?>> methods = new ConcurrentHashMap<>();
  private final Map<ServiceId, Served<?, ?>> served = new ConcurrentHashMap<>();
  private final Set<ServiceId> closed = ConcurrentHashMap.newKeySet();

  MethodTable() {
    RpcMethods.ALL.forEach(method -> methods.put(ServiceId.of(method), method));
  }

  void serve(Served<?, ?> method) {
    ServiceId id = ServiceId.of(method.method());
    if (served.putIfAbsent(id, method) != null) {
      throw new IllegalStateException(id + " is served already");
    }
    methods.put(id, closed.contains(id) ? method.method().closed() : method.method());
  }

  /** Lets nobody but this peer itself call a method. */
  void close(RpcMethod<?, ?> method) {
    closed.add(ServiceId.of(method));
    methods.put(ServiceId.of(method), method.closed());
  }

  /**
   * The method of this name.
   *
   * @throws RpcException in Go's words if there is none
   */
  RpcMethod<?, ?> find(ServiceId id) {
    RpcMethod<?, ?> method = methods.get(id);
    if (method != null) {
      return method;
    }
    boolean serviceKnown =
        methods.keySet().stream().anyMatch(known -> known.service().equals(id.service()));
    throw new RpcException(
        Kind.SERVER,
        serviceKnown
            ? "rpc: can't find method " + id.method()
            : "rpc: can't find service " + id.service());
  }

  /**
   * What answers a method that exists.
   *
   * @throws RpcException if this peer does not serve it, or not yet
   */
  Served<?, ?> handler(ServiceId id) {
    return Optional.<Served<?, ?>>ofNullable(served.get(id))
        .orElseThrow(() -> new RpcException(Kind.SERVER, id + " is not served by this peer"));
  }

  /** A method together with what answers it. */
  sealed interface Served<A, R> {
    RpcMethod<A, R> method();
  }

  record Unary<A, R>(RpcMethod<A, R> method, Rpc.Handler<A, R> handler) implements Served<A, R> {}

  record Streaming<A, R>(RpcMethod<A, R> method, Rpc.StreamHandler<A, R> handler)
      implements Served<A, R> {}
}
