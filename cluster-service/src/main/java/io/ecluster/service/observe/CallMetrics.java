package io.ecluster.service.observe;

import io.ecluster.core.rpc.CallWatch;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.multiformats.PeerId;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Counts calls between peers, and of this peer to itself. */
final class CallMetrics implements CallWatch {
  private static final String GO = "gorpc_libp2p_io_server_";

  private final Counter completed;
  private final Histogram latency;
  private final Counter calls;
  private final Histogram seconds;

  CallMetrics(Registry registry) {
    completed =
        registry.counter(
            GO + "completed_rpcs", "Count of RPCs by method and status.", "gorpc_server_method");
    latency =
        registry.histogram(
            GO + "server_latency",
            "Distribution of server latency in milliseconds, by method.",
            Buckets.RPC_MILLISECONDS,
            "gorpc_server_method");
    calls =
        registry.counter(
            "rpc_calls_total",
            "Calls between peers: client to another peer, server from one, local to oneself",
            "side",
            "method",
            "result");
    seconds =
        registry.histogram(
            "rpc_call_duration_seconds",
            "How long calls took, to the last reply",
            Buckets.SECONDS,
            "side",
            "method");
  }

  @Override
  public UnderWay begun(Side side, String method, PeerId peer) {
    long start = System.nanoTime();
    return failure -> ended(side, method, failure, System.nanoTime() - start);
  }

  private void ended(Side side, String method, Optional<RpcException> failure, long nanos) {
    String name = side.name().toLowerCase(Locale.ROOT);
    String result = failure.map(e -> e.kind().name().toLowerCase(Locale.ROOT)).orElse("ok");
    calls.increment(name, method, result);
    seconds.observe(nanos / (double) TimeUnit.SECONDS.toNanos(1), name, method);
    if (side != Side.CLIENT) {
      completed.increment(method);
      latency.observe(nanos / (double) TimeUnit.MILLISECONDS.toNanos(1), method);
    }
  }
}
