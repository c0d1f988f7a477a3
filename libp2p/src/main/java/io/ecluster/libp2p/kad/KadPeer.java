package io.ecluster.libp2p.kad;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.List;

/**
 * A peer that is told of.
 *
 * @param addresses without {@code /p2p}
 * @param connected to whoever tells
 */
public record KadPeer(PeerId id, List<Multiaddr> addresses, boolean connected) {
  public KadPeer {
    addresses = List.copyOf(addresses);
  }
}
