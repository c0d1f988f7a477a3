package io.ecluster.service.observe;

import io.ecluster.adder.Adder;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.cluster.Sleeper;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.rpc.CallWatch;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.pubsub.GossipsubStats;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.RecoveryWatch;
import io.ecluster.service.config.ObservationSettings;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpWatch;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** The metrics of a peer, served to Prometheus. */
public final class Metrics implements Observer, AutoCloseable {
  private final ObservationSettings.Metrics settings;
  private final Registry registry = new Registry();
  private final CallMetrics calls = new CallMetrics(registry);
  private final HttpMetrics requests = new HttpMetrics(registry);
  private final NodeMetrics node = new NodeMetrics(registry);
  private final AddMetrics adds = new AddMetrics(registry);
  private final ErasureMetrics erasure = new ErasureMetrics(registry);
  private Optional<Census> census = Optional.empty();
  private Optional<HttpServer> server = Optional.empty();

  public Metrics(ObservationSettings.Metrics settings) {
    this.settings = settings;
    ProcessMetrics.register(registry);
  }

  /**
   * Who knows what is told only when somebody looks.
   *
   * @param refused what each protocol has refused, by its name
   */
  public record Sources(
      StatelessTracker tracker,
      Consensus consensus,
      Supplier<GossipsubStats> gossip,
      Map<String, Refusals> refused,
      Peers peers) {}

  /**
   * Begins to count the pinset, and to listen.
   *
   * @param sleeper {@code Thread::sleep} outside of tests
   * @throws io.ecluster.service.config.ConfigException if the address cannot be listened on
   */
  public void start(Sources sources, Sleeper sleeper) {
    Census.Source counted =
        new Census.Source(
            sources.consensus().state(),
            each -> sources.tracker().statusAll(0, each),
            sources.peers()::live);
    Census running = new Census(counted, settings.reportingInterval(), sleeper);
    PeerMetrics.register(registry, sources, running::last);
    server = Optional.of(MetricsServer.start(settings.endpoint(), registry));
    census = Optional.of(running.start());
  }

  @Override
  public CallWatch calls() {
    return calls;
  }

  @Override
  public HttpWatch http(String name) {
    return requests.of(name);
  }

  @Override
  public RecoveryWatch recovery() {
    return erasure;
  }

  @Override
  public LongConsumer stripeNanos() {
    return erasure::coded;
  }

  @Override
  public IpfsNode node(IpfsNode watched) {
    return new WatchedNode(watched, node);
  }

  @Override
  public Adder adder(Adder adder) {
    return adds.around(adder);
  }

  @Override
  public BiConsumer<Cid, Integer> degraded(BiConsumer<Cid, Integer> next) {
    return (root, group) -> {
      erasure.degraded();
      next.accept(root, group);
    };
  }

  @Override
  public void close() {
    server.ifPresent(HttpServer::close);
    census.ifPresent(Census::close);
  }
}
