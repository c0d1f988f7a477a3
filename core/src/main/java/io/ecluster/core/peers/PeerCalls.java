package io.ecluster.core.peers;

import io.ecluster.multiformats.PeerId;
import java.util.function.Consumer;

/** What peers ask each other about themselves. Each method throws when the peer does not answer. */
public interface PeerCalls {
  /** Joins: tells a peer of us, which makes it ask who we are before it answers. */
  PeerInfo add(PeerId to);

  /** Who a peer is, and whom it knows. Open to all, and costs the peer nothing. */
  PeerInfo identify(PeerId peer);

  /** Has a peer ask all members who they are; only those it trusts may. */
  void members(PeerId asked, Consumer<PeerInfo> each);
}
