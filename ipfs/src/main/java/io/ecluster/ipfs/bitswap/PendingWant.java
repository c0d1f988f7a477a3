package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A block that somebody here waits for. */
final class PendingWant {
  /** Under which it is asked for; others may wait for the same hash under other CIDs. */
  final Cid cid;

  final int priority;
  final Set<FetchSession> sessions = new HashSet<>();

  /** Peers that say they have it. */
  final Set<PeerId> havers = new LinkedHashSet<>();

  /** Peers that were asked for it and did not deliver in time. */
  final Set<PeerId> failed = new HashSet<>();

  /** Peers that have an entry of ours in their books, to be cancelled. */
  final Set<PeerId> told = new LinkedHashSet<>();

  /** Who is to send the block now. */
  @Nullable PeerId asked;

  long askedAtNanos;

  /** Which of the questions to that peer this was. */
  long askedAsNumber;

  long nextBroadcastNanos;
  int broadcasts;

  PendingWant(Cid cid, int priority) {
    this.cid = cid;
    this.priority = priority;
  }

  /** Somebody has it and nobody is asked. */
  boolean isReady() {
    return asked == null && !havers.isEmpty();
  }
}
