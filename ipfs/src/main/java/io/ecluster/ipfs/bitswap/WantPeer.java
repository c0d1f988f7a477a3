package io.ecluster.ipfs.bitswap;

import java.util.LinkedHashSet;
import java.util.Set;

/** A peer that we may ask. */
final class WantPeer {
  /** Blocks it is to send us, in the order they were asked for. */
  final Set<PendingWant> inFlight = new LinkedHashSet<>();

  /** How many blocks it has been asked for. */
  long questions;

  /** When it last sent something that may be an answer. */
  volatile long heardNanos;

  WantPeer(long now) {
    heardNanos = now;
  }
}
