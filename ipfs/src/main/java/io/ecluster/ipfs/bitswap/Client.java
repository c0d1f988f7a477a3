package io.ecluster.ipfs.bitswap;

import io.ecluster.libp2p.Host;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches blocks: the threads and streams around a {@link WantTable}. */
final class Client implements AutoCloseable {
  /** How long a peer that could not be told our wants is left alone while it stays connected. */
  private static final Duration FAILURE_PAUSE = Duration.ofSeconds(5);

  private static final byte[] NOTHING = {};
  private static final Logger log = LoggerFactory.getLogger(Client.class);

  private final Host host;
  private final Sender sender;
  private final ReentrantLock lock = new ReentrantLock();
  private final WantTable table;
  private final Map<PeerId, RequestLine> lines = new ConcurrentHashMap<>();
  private final Map<PeerId, Long> failedAtNanos = new ConcurrentHashMap<>();

  Client(Host host, Sender sender, BitswapSettings settings) {
    this.host = host;
    this.sender = sender;
    this.table = new WantTable(settings, this::send);
  }

  // Peers.

  void joined(PeerId peer) {
    if (host.protocols(peer).contains(MessageWriter.BITSWAP_1_2)) {
      failedAtNanos.remove(peer);
      locked(() -> {
        if (!table.knows(peer)) {
          lines.put(peer, new RequestLine(host, peer, sender, this::failed));
          table.joined(peer, System.nanoTime());
        }
      });
    }
  }

  void left(PeerId peer) {
    failedAtNanos.remove(peer);
    drop(peer);
  }

  private void failed(PeerId peer) {
    failedAtNanos.put(peer, System.nanoTime());
    drop(peer);
  }

  private void drop(PeerId peer) {
    RequestLine line =
        locked(() -> {
          table.left(peer, System.nanoTime());
          return lines.remove(peer);
        });
    if (line != null) {
      line.close();
    }
  }

  private void send(PeerId to, Want want) {
    RequestLine line = lines.get(to);
    if (line != null) {
      line.offer(want);
    }
  }

  // Answers.

  void heard(PeerId peer) {
    table.heard(peer, System.nanoTime());
  }

  void receive(PeerId peer, Message message) {
    for (Payload block : message.blocks()) {
      // Hashed outside of the lock. What nobody asked for, or is not what was asked for, has a
      // hash that nobody waits for.
      block.hash().ifPresent(hash -> arrived(peer, hash, block.data()));
    }
    if (!message.presences().isEmpty() || !message.blocks().isEmpty()) {
      locked(() -> table.present(peer, message.presences(), System.nanoTime()));
    }
  }

  private void arrived(PeerId peer, Multihash hash, byte[] data) {
    boolean wanted = locked(() -> table.arrived(peer, hash, data, System.nanoTime()));
    if (!wanted) {
      log.debug("{} sent a block nobody waits for: {}", peer, hash);
    }
  }

  // Time.

  void tick() {
    if (locked(table::size) > 0) {
      host.connectedPeers().stream().filter(this::isOverlooked).forEach(this::joined);
      locked(() -> table.tick(System.nanoTime()));
    }
  }

  /** A peer that we may try again, or whose coming we were not told of. */
  private boolean isOverlooked(PeerId peer) {
    Long failed = failedAtNanos.get(peer);
    return !lines.containsKey(peer)
        && (failed == null || System.nanoTime() - failed > FAILURE_PAUSE.toNanos());
  }

  // Fetching.

  /** See {@link BlockExchange#fetch(Collection, Duration, BiConsumer)}. */
  Collection<Cid> fetch(Collection<Cid> cids, Duration stall, BiConsumer<Cid, byte[]> each) {
    Map<Multihash, Set<Cid>> wanted = new LinkedHashMap<>();
    for (Cid cid : cids) {
      if (cid.hash().isIdentity()) {
        each.accept(cid, cid.hash().digest());
      } else if (isOfNothing(cid)) {
        each.accept(cid, NOTHING);
      } else {
        wanted.computeIfAbsent(cid.hash(), _ -> new LinkedHashSet<>()).add(cid);
      }
    }
    return wanted.isEmpty() ? List.of() : new Fetch(wanted).run(stall, each);
  }

  /** Go peers say that they have the block without bytes, but never send it. */
  private static boolean isOfNothing(Cid cid) {
    return HashFunction.byCode(cid.hash().code()).isPresent() && cid.hash().matches(NOTHING);
  }

  /** One call of fetch, on its caller's thread. */
  private final class Fetch {
    private final FetchSession session = new FetchSession();
    private final Map<Multihash, Set<Cid>> missing;
    private final Iterator<Cid> unasked;
    private final Set<Multihash> asked = new LinkedHashSet<>();

    Fetch(Map<Multihash, Set<Cid>> wanted) {
      missing = wanted;
      unasked = wanted.values().stream().map(same -> same.iterator().next()).toList().iterator();
    }

    Collection<Cid> run(Duration stall, BiConsumer<Cid, byte[]> each) {
      try {
        while (!missing.isEmpty()) {
          ask();
          FetchSession.Arrival arrival = next(stall);
          if (arrival == null) {
            break;
          }
          asked.remove(arrival.hash());
          Set<Cid> same = missing.remove(arrival.hash());
          if (same != null) {
            same.forEach(cid -> each.accept(cid, arrival.data()));
          }
        }
      } finally {
        locked(() -> table.remove(session, asked, System.nanoTime()));
      }
      return missing.values().stream().flatMap(Set::stream).toList();
    }

    /** Keeps the window full, but in strides, so that wants travel together. */
    private void ask() {
      int window = locked(table::fetchWindow);
      if (!unasked.hasNext() || asked.size() > window - window / 4) {
        return;
      }
      List<Cid> batch = new ArrayList<>();
      while (unasked.hasNext() && asked.size() < window) {
        Cid cid = unasked.next();
        asked.add(cid.hash());
        batch.add(cid);
      }
      boolean alone = missing.size() == 1;
      locked(() -> table.add(session, batch, alone, System.nanoTime()));
    }

    private FetchSession.@Nullable Arrival next(Duration stall) {
      try {
        return session.next(stall);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }

  @Override
  public void close() {
    lines.values().forEach(RequestLine::close);
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
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
