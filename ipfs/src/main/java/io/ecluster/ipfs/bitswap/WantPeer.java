package io.ecluster.ipfs.bitswap;

import java.util.HashSet;
import java.util.Set;

/** A peer that we may ask. */
final class WantPeer {
  /** Blocks it is to send us. */
  final Set<PendingWant> inFlight = new HashSet<>();

  /** When it last sent something that may be an answer. */
  volatile long heardNanos;

  WantPeer(long now) {
    heardNanos = now;
  }
}
