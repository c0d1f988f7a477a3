package io.ecluster.core.cluster;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.stream.Stream;

/** Who is in the cluster: this peer, and whoever's ping has not run out. */
final class Members {
  private final PeerId self;
  private final Monitor monitor;
  private final Consensus consensus;

  Members(PeerId self, Monitor monitor, Consensus consensus) {
    this.self = self;
    this.monitor = monitor;
    this.consensus = consensus;
  }

  PeerId self() {
    return self;
  }

  /** Sorted by id. */
  List<PeerId> all() {
    Stream<PeerId> alive = monitor.latest(Metric.PING).stream().map(Metric::peer);
    return Stream.concat(Stream.of(self), alive).distinct().sorted().toList();
  }

  List<PeerId> trusted() {
    return all().stream().filter(consensus::trusts).toList();
  }
}
