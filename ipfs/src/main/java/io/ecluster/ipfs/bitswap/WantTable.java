package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The client's decisions: whom to ask for which block. Without threads or streams; what it wants
 * sent goes to the {@link Outbox}. Not thread-safe but for {@link #heard}: {@link Client} calls it
 * under its lock.
 *
 * <p>A new want goes to all peers as WANT-HAVE. As soon as one of them has the block it is sent
 * WANT-BLOCK, the least loaded haver first, each peer only so many at a time. A want is given to
 * another haver when the peer that was asked leaves, says DONT_HAVE or stays silent. What nobody
 * has is asked for again, with growing pauses, and of every peer that connects.
 *
 * <p>A lone want, as when a DAG is walked, is sent as WANT-BLOCK at once to the peer that delivered
 * last, which saves a round trip. If that peer says nothing, and another has the block, it is
 * passed over soon and not guessed again.
 */
final class WantTable {
  /** Where entries for the wantlists of peers go. */
  @FunctionalInterface
  interface Outbox {
    void send(PeerId to, Want want);
  }

  /** Of the timeout, what a silent peer has that did not say it has the block, if another did. */
  private static final int GUESS_SHARE = 10;

  /** A peer that sends, but not what was asked for, is passed over after so many timeouts. */
  private static final int PATIENCE = 10;

  private static final int MAX_BACKOFF = 5;
  private static final int MAX_OVERTAKEN = 2 * Windows.MAX_PEER_BLOCKS;

  private final Outbox outbox;
  private final long timeoutNanos;
  private final long rebroadcastNanos;
  private final Map<Multihash, PendingWant> pending = new HashMap<>();
  private final LinkedHashSet<PendingWant> ready = new LinkedHashSet<>();
  private final Map<PeerId, WantPeer> peers = new ConcurrentHashMap<>();
  private final Windows windows = new Windows();
  private @Nullable PeerId lastProvider;
  private int priority = Integer.MAX_VALUE;

  WantTable(BitswapSettings settings, Outbox outbox) {
    this.outbox = outbox;
    this.timeoutNanos = settings.requestTimeout().toNanos();
    this.rebroadcastNanos = settings.rebroadcast().toNanos();
  }

  // Peers.

  boolean knows(PeerId peer) {
    return peers.containsKey(peer);
  }

  void joined(PeerId peer, long now) {
    if (peers.putIfAbsent(peer, new WantPeer(now)) == null) {
      pending.values().forEach(want -> tell(want, peer));
    }
  }

  void left(PeerId peer, long now) {
    WantPeer gone = peers.remove(peer);
    if (gone == null) {
      return;
    }
    for (PendingWant want : pending.values()) {
      want.told.remove(peer);
      want.havers.remove(peer);
      want.failed.remove(peer);
    }
    gone.inFlight.forEach(want -> unask(want));
    ready.removeIf(want -> !want.isReady());
    assign(now);
  }

  /** Something that may be an answer is arriving. */
  void heard(PeerId peer, long now) {
    WantPeer known = peers.get(peer);
    if (known != null) {
      known.heardNanos = now;
    }
  }

  // Wants of ours.

  int fetchWindow() {
    return windows.fetchBlocks();
  }

  int size() {
    return pending.size();
  }

  /**
   * @param alone the fetch wants nothing else, so a guess who has it saves a round trip
   */
  void add(FetchSession session, Collection<Cid> cids, boolean alone, long now) {
    for (Cid cid : cids) {
      PendingWant known = pending.get(cid.hash());
      if (known == null) {
        known = new PendingWant(cid, nextPriority());
        pending.put(cid.hash(), known);
        begin(known, alone, now);
      }
      known.sessions.add(session);
    }
  }

  private int nextPriority() {
    priority = priority == 1 ? Integer.MAX_VALUE : priority - 1;
    return priority;
  }

  private void begin(PendingWant want, boolean alone, long now) {
    scheduleBroadcast(want, now);
    Optional<PeerId> guess = guess(alone).filter(this::hasRoom);
    guess.ifPresent(peer -> ask(want, peer, now));
    for (PeerId peer : peers.keySet()) {
      if (!peer.equals(want.asked)) {
        tell(want, peer);
      }
    }
  }

  private Optional<PeerId> guess(boolean alone) {
    if (peers.size() == 1) {
      return peers.keySet().stream().findFirst();
    }
    return alone ? Optional.ofNullable(lastProvider).filter(peers::containsKey) : Optional.empty();
  }

  /** A fetch has ended; what nobody else waits for is cancelled. */
  void remove(FetchSession session, Collection<Multihash> hashes, long now) {
    for (Multihash hash : hashes) {
      PendingWant want = pending.get(hash);
      if (want != null && want.sessions.remove(session) && want.sessions.isEmpty()) {
        end(hash, want);
      }
    }
    assign(now);
  }

  private void end(Multihash hash, PendingWant want) {
    pending.remove(hash);
    ready.remove(want);
    release(want);
    want.told.forEach(peer -> outbox.send(peer, Want.cancel(want.cid)));
  }

  // Answers.

  void present(PeerId peer, Collection<Presence> presences, long now) {
    heard(peer, now);
    for (Presence presence : presences) {
      PendingWant want = pending.get(presence.cid().hash());
      if (want != null && peers.containsKey(peer)) {
        note(want, peer, presence.has());
      }
    }
    assign(now);
  }

  private void note(PendingWant want, PeerId peer, boolean has) {
    if (has) {
      want.havers.add(peer);
    } else {
      want.havers.remove(peer);
      if (peer.equals(want.asked)) {
        unask(want);
      }
    }
    updateReady(want);
  }

  /** Delivers a block, whose hash has been computed; false if nobody waits for it. */
  boolean arrived(PeerId peer, Multihash hash, byte[] data, long now) {
    PendingWant want = pending.get(hash);
    if (want == null) {
      return false;
    }
    heard(peer, now);
    windows.arrived(data.length);
    lastProvider = peer;
    if (peer.equals(want.asked)) {
      giveUpOvertaken(peer, want.askedAsNumber);
    }
    end(hash, want);
    want.sessions.forEach(session -> session.deliver(hash, data));
    return true;
  }

  /**
   * Peers answer in the order of the questions, more or less. A question that so many later ones
   * have overtaken is lost: Go drops answers when it is short of streams.
   */
  private void giveUpOvertaken(PeerId peer, long arrived) {
    WantPeer known = peers.get(peer);
    if (known != null) {
      List<PendingWant> lost =
          known.inFlight.stream()
              .takeWhile(want -> want.askedAsNumber < arrived - MAX_OVERTAKEN)
              .toList();
      lost.forEach(this::unask);
    }
  }

  // Time.

  /** Passes over silent peers and repeats questions. */
  void tick(long now) {
    for (PendingWant want : pending.values()) {
      if (want.asked != null) {
        expire(want, want.asked, now);
      } else if (want.havers.isEmpty() && now - want.nextBroadcastNanos >= 0) {
        scheduleBroadcast(want, now);
        peers.keySet().forEach(peer -> tell(want, peer));
      }
    }
    assign(now);
  }

  private void expire(PendingWant want, PeerId asked, long now) {
    WantPeer peer = peers.get(asked);
    long since = want.askedAtNanos;
    boolean guessed = !want.havers.isEmpty() && !want.havers.contains(asked);
    long patience = guessed ? timeoutNanos / GUESS_SHARE : timeoutNanos;
    boolean silent = peer == null || now - Math.max(since, peer.heardNanos) > patience;
    boolean idle = now - since > PATIENCE * timeoutNanos && want.havers.size() > 1;
    if (silent || idle) {
      want.failed.add(asked);
      want.nextBroadcastNanos = now;
      lastProvider = asked.equals(lastProvider) ? null : lastProvider;
      unask(want);
    }
  }

  private void scheduleBroadcast(PendingWant want, long now) {
    int steps = Math.min(MAX_BACKOFF, 1 << Math.min(want.broadcasts, MAX_BACKOFF));
    want.nextBroadcastNanos = now + steps * rebroadcastNanos;
    want.broadcasts++;
  }

  // Asking.

  /** Asks for what is known to be somewhere, as far as the windows of those peers allow. */
  void assign(long now) {
    Iterator<PendingWant> each = ready.iterator();
    while (each.hasNext() && anyRoom()) {
      PendingWant want = each.next();
      Optional<PeerId> peer = choose(want);
      if (peer.isPresent()) {
        each.remove();
        ask(want, peer.get(), now);
      }
    }
  }

  private Optional<PeerId> choose(PendingWant want) {
    List<PeerId> able = new ArrayList<>(want.havers);
    able.removeAll(want.failed);
    if (able.isEmpty()) {
      want.failed.clear();
      able.addAll(want.havers);
    }
    return able.stream().filter(this::hasRoom).min(Comparator.comparingInt(this::load));
  }

  private boolean anyRoom() {
    return peers.keySet().stream().anyMatch(this::hasRoom);
  }

  private boolean hasRoom(PeerId peer) {
    return load(peer) < windows.peerBlocks();
  }

  private int load(PeerId peer) {
    WantPeer known = peers.get(peer);
    return known == null ? Integer.MAX_VALUE : known.inFlight.size();
  }

  private void ask(PendingWant want, PeerId peer, long now) {
    want.asked = peer;
    want.askedAtNanos = now;
    WantPeer known = peers.get(peer);
    if (known != null) {
      known.inFlight.add(want);
      want.askedAsNumber = known.questions++;
    }
    want.told.add(peer);
    outbox.send(peer, Want.block(want.cid, want.priority));
  }

  private void tell(PendingWant want, PeerId peer) {
    want.told.add(peer);
    outbox.send(peer, Want.have(want.cid, want.priority));
  }

  /** It has waited for long enough: it comes first when somebody else can be asked. */
  private void unask(PendingWant want) {
    release(want);
    want.asked = null;
    if (want.isReady()) {
      ready.addFirst(want);
    }
  }

  private void release(PendingWant want) {
    WantPeer peer = want.asked == null ? null : peers.get(want.asked);
    if (peer != null) {
      peer.inFlight.remove(want);
    }
  }

  private void updateReady(PendingWant want) {
    if (want.isReady()) {
      ready.add(want);
    } else {
      ready.remove(want);
    }
  }
}
