package io.ecluster.service.daemon;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.Monitor;
import io.ecluster.core.monitor.PingValue;
import io.ecluster.core.tracker.Identity;
import io.ecluster.multiformats.PeerId;
import java.util.Optional;

/** What the last ping metric of a peer said of it. */
final class Directory {
  private Directory() {}

  static Optional<Identity> find(Monitor monitor, PeerId peer) {
    return monitor.latest(Metric.PING).stream()
        .filter(metric -> metric.peer().equals(peer))
        .findFirst()
        .map(metric -> identity(peer, PingValue.parse(metric.value())));
  }

  private static Identity identity(PeerId peer, PingValue ping) {
    return new Identity(peer, ping.peerName(), ping.ipfsId(), ping.ipfsAddresses());
  }
}
