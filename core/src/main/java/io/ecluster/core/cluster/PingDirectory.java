package io.ecluster.core.cluster;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.monitor.PingValue;
import io.ecluster.core.tracker.Identity;
import io.ecluster.multiformats.PeerId;
import java.util.Optional;

/** Knows of peers what their pings say. */
public final class PingDirectory implements PeerDirectory {
  private final Monitor monitor;

  public PingDirectory(Monitor monitor) {
    this.monitor = monitor;
  }

  @Override
  public Optional<Identity> find(PeerId peer) {
    return monitor.latest(Metric.PING).stream()
        .filter(metric -> metric.peer().equals(peer))
        .findFirst()
        .map(metric -> identity(peer, PingValue.parse(metric.value())));
  }

  private static Identity identity(PeerId peer, PingValue ping) {
    return new Identity(peer, ping.peerName(), ping.ipfsId(), ping.ipfsAddresses());
  }
}
