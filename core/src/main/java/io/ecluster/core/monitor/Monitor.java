package io.ecluster.core.monitor;

import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Set;

/** Publishes own metrics and keeps those of others. */
public interface Monitor extends AutoCloseable {
  /** The latest unexpired metric of each peer, sorted by peer id. */
  List<Metric> latest(String name);

  Set<String> names();

  /** Sends a metric to all peers and records it here. */
  void publish(Metric metric);

  /** Records a metric as if it had been received: what a successful connection says of its peer. */
  void record(Metric metric);

  /** Forgets what a peer said: a probe found it dead. */
  void forget(PeerId peer);

  List<Alert> alerts();

  @Override
  void close();

  /** A metric that ran out without being renewed. */
  record Alert(Metric metric, java.time.Instant triggeredAt) {}
}
