package io.ecluster.libp2p;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What is known of other peers: addresses, the one that worked last in front, and protocols. */
final class PeerBook {
  /** More than a peer with many interfaces has; what it names beyond is forgotten. */
  private static final int MAX_ADDRESSES = 32;

  /** Far more than anybody speaks, and far longer than their names. */
  private static final int MAX_PROTOCOLS = 128;

  private static final int MAX_PROTOCOL_LENGTH = 200;

  /** More than any cluster has; strangers beyond push out those longest unused. */
  private static final int MAX_PEERS = 4096;

  private record Entry(List<Multiaddr> addresses, Set<String> protocols) {
    static final Entry EMPTY = new Entry(List.of(), Set.of());
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  List<Multiaddr> addresses(PeerId peer) {
    return locked(() -> entry(peer).addresses());
  }

  Set<String> protocols(PeerId peer) {
    return locked(() -> entry(peer).protocols());
  }

  /** Adds addresses behind those known. */
  void remember(PeerId peer, Collection<Multiaddr> addresses) {
    change(peer, old -> withAddresses(old, old.addresses(), addresses));
  }

  /** Adds addresses in front of those known. */
  void prefer(PeerId peer, Collection<Multiaddr> addresses) {
    change(peer, old -> withAddresses(old, addresses, old.addresses()));
  }

  /** True if they differ from those known. */
  boolean setProtocols(PeerId peer, Set<String> protocols) {
    return locked(() -> {
      Entry old = entry(peer);
      Set<String> kept =
          protocols.stream()
              .filter(protocol -> protocol.length() <= MAX_PROTOCOL_LENGTH)
              .limit(MAX_PROTOCOLS)
              .collect(Collectors.toUnmodifiableSet());
      put(peer, new Entry(old.addresses(), kept));
      return !old.protocols().equals(kept);
    });
  }

  private static Entry withAddresses(
      Entry old, Collection<Multiaddr> first, Collection<Multiaddr> second) {
    Set<Multiaddr> all = new LinkedHashSet<>(first);
    all.addAll(second);
    List<Multiaddr> kept = new ArrayList<>(all);
    return new Entry(
        List.copyOf(kept.subList(0, Math.min(kept.size(), MAX_ADDRESSES))), old.protocols());
  }

  private interface Change {
    Entry apply(Entry old);
  }

  private void change(PeerId peer, Change change) {
    locked(() -> {
      put(peer, change.apply(entry(peer)));
      return true;
    });
  }

  private Entry entry(PeerId peer) {
    return entries.getOrDefault(peer, Entry.EMPTY);
  }

  private void put(PeerId peer, Entry entry) {
    entries.put(peer, entry);
    if (entries.size() > MAX_PEERS) {
      entries.remove(entries.keySet().iterator().next());
    }
  }

  private <T> T locked(Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }
}
