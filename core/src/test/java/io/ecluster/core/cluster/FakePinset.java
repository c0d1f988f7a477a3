package io.ecluster.core.cluster;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.PinState;
import io.ecluster.core.tracker.MapPinState;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pinset that is the same on all peers the moment a commit returns, each peer having its own copy
 * of it. A peer that is cut off gets what it missed when it is back.
 */
public final class FakePinset {
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, Member> members = new ConcurrentHashMap<>();
  private final List<List<Consensus.PinChange>> deltas = new CopyOnWriteArrayList<>();

  /** The consensus of a new peer, which starts with an empty copy. */
  public Member join(PeerId self) {
    Member member = new Member(self);
    if (members.put(self, member) != null) {
      throw new IllegalStateException(self + " has joined already");
    }
    return member;
  }

  /** All commits so far, by whomever. */
  public List<List<Consensus.PinChange>> deltas() {
    return List.copyOf(deltas);
  }

  private void spread(List<Consensus.PinChange> delta) {
    lock.lock();
    try {
      deltas.add(List.copyOf(delta));
      members.values().forEach(member -> member.store(delta));
      members.values().forEach(member -> member.tell(delta)); // who acts finds all with the same
    } finally {
      lock.unlock();
    }
  }

  /** One peer's side. */
  public final class Member implements Consensus {
    private final PeerId self;
    private final MapPinState state = new MapPinState();
    private final List<PinChange> missed = new ArrayList<>();
    private final Set<PeerId> distrusted = ConcurrentHashMap.newKeySet();
    private Consensus.@Nullable Listener listener;
    private boolean cut;
    private final AtomicInteger rebroadcasts = new AtomicInteger();

    private Member(PeerId self) {
      this.self = self;
    }

    /** Who is told of changes from now on. */
    public void listener(Consensus.Listener newListener) {
      listener = newListener;
    }

    /** While cut off, changes made elsewhere do not arrive here. */
    public void cut(boolean off) {
      lock.lock();
      try {
        cut = off;
        if (!off) {
          List<PinChange> late = List.copyOf(missed);
          missed.clear();
          store(late);
          tell(late);
        }
      } finally {
        lock.unlock();
      }
    }

    public void distrust(PeerId peer) {
      distrusted.add(peer);
    }

    public int rebroadcasts() {
      return rebroadcasts.get();
    }

    private void store(List<PinChange> delta) {
      if (cut) {
        missed.addAll(delta);
      } else {
        delta.forEach(this::store);
      }
    }

    private void tell(List<PinChange> delta) {
      if (!cut) {
        delta.forEach(this::tell);
      }
    }

    private void store(PinChange change) {
      switch (change) {
        case PinChange.Put(Pin pin) -> state.put(pin);
        case PinChange.Remove(Cid cid) -> state.remove(cid);
      }
    }

    private void tell(PinChange change) {
      if (listener == null) {
        return;
      }
      switch (change) {
        case PinChange.Put(Pin pin) -> listener.pinned(pin);
        case PinChange.Remove(Cid cid) -> listener.unpinned(cid);
      }
    }

    @Override
    public void commit(List<PinChange> changes) {
      spread(changes);
    }

    @Override
    public PinState state() {
      return state;
    }

    @Override
    public boolean trusts(PeerId peer) {
      return peer.equals(self) || !distrusted.contains(peer);
    }

    @Override
    public void trust(PeerId peer) {
      distrusted.remove(peer);
    }

    @Override
    public void rebroadcast() {
      rebroadcasts.incrementAndGet();
    }

    @Override
    public Heads heads() {
      return new Heads(List.of(), deltas.size(), false);
    }

    @Override
    public void close() {
      members.remove(self);
    }
  }
}
