package io.ecluster.core.rpc;

import io.ecluster.multiformats.PeerId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many calls of one peer may be answered at the same time. */
final class InboundLimit {
  /** Well above what a busy peer asks for; below what would starve the others. */
  static final int MAX_CALLS_PER_PEER = 512;

  private final Map<PeerId, Integer> calls = new ConcurrentHashMap<>();

  /** Counts a call in; false when the peer has too many already, and nothing is counted. */
  boolean enter(PeerId peer) {
    int now = calls.merge(peer, 1, Integer::sum);
    if (now > MAX_CALLS_PER_PEER) {
      leave(peer);
      return false;
    }
    return true;
  }

  void leave(PeerId peer) {
    calls.computeIfPresent(peer, (key, count) -> count == 1 ? null : count - 1);
  }
}
