package io.ecluster.libp2p;

import io.ecluster.libp2p.Refusals.Reason;
import io.ecluster.libp2p.multistream.NegotiationException;
import io.ecluster.libp2p.mux.YamuxException;
import io.ecluster.libp2p.noise.NoiseException;
import java.io.IOException;
import java.util.Map;

/** What a host refuses below and beside its protocols. */
final class HostRefusals {
  final Refusals connections = new Refusals();
  final Refusals identities = new Refusals();
  private final Refusals streams = new Refusals();

  Map<String, Refusals> byProtocol() {
    return Map.of("connection", connections, "stream", streams, "identify", identities);
  }

  /** Counts a connection that could not be made or that broke, unless it merely ended. */
  void connection(IOException reason) {
    switch (reason) {
      case ForeignNetworkException _ -> connections.count(Reason.FOREIGN);
      case NoiseException _, NegotiationException _ -> connections.count(Reason.MALFORMED);
      case YamuxException broken when broken.isViolation() -> connections.count(Reason.MALFORMED);
      default -> {}
    }
  }

  /** Counts a stream on which no protocol was agreed on, unless it merely ended. */
  void stream(IOException reason) {
    if (reason instanceof NegotiationException failed) {
      streams.count(
          failed.reason() == NegotiationException.Reason.NOT_MULTISTREAM
              ? Reason.MALFORMED
              : Reason.UNKNOWN);
    }
  }
}
