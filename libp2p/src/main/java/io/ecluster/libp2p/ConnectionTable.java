package io.ecluster.libp2p;

import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * All open connections. Two peers that dial each other at once keep both connections: closing one
 * would break streams under way. New streams use the newest, which is the live one when a peer has
 * come back from a crash.
 */
final class ConnectionTable {
  /** Connections to one peer; two are normal after a simultaneous dial. */
  private static final int MAX_PER_PEER = 8;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<PeerId, List<Connection>> byPeer = new HashMap<>();
  private final Set<PeerId> announced = new HashSet<>();
  private final int maxConnections;
  private int count;
  private boolean closed;

  /** What the loss of a connection means to listeners. */
  enum Loss {
    /** They had not been told of the peer. */
    UNNOTICED,
    /** The peer is still connected, but streams may have broken. */
    ONE_OF_SEVERAL,
    LAST
  }

  ConnectionTable(int maxConnections) {
    this.maxConnections = maxConnections;
  }

  /** False if there is no room, or the host is closed. */
  boolean add(Connection connection) {
    return locked(() -> {
      List<Connection> ofPeer = of(connection.peer());
      if (closed || count >= maxConnections || ofPeer.size() >= MAX_PER_PEER) {
        return false;
      }
      count++;
      return byPeer.computeIfAbsent(connection.peer(), peer -> new ArrayList<>()).add(connection);
    });
  }

  Loss remove(Connection connection) {
    return locked(() -> {
      PeerId peer = connection.peer();
      List<Connection> ofPeer = byPeer.get(peer);
      if (ofPeer == null || !ofPeer.remove(connection)) {
        return Loss.UNNOTICED;
      }
      count--;
      if (!ofPeer.isEmpty()) {
        return announced.contains(peer) ? Loss.ONE_OF_SEVERAL : Loss.UNNOTICED;
      }
      byPeer.remove(peer);
      return announced.remove(peer) ? Loss.LAST : Loss.UNNOTICED;
    });
  }

  /** Notes that listeners are told of a peer; false if its connection is gone already. */
  boolean announce(Connection connection) {
    return locked(() -> {
      boolean open = of(connection.peer()).contains(connection);
      if (open) {
        announced.add(connection.peer());
      }
      return open;
    });
  }

  boolean isAnnounced(PeerId peer) {
    return locked(() -> announced.contains(peer));
  }

  /** The one to open streams on. */
  Optional<Connection> newest(PeerId peer) {
    return of(peer).reversed().stream()
        .filter(connection -> connection.session().isOpen())
        .findFirst();
  }

  List<Connection> of(PeerId peer) {
    return locked(() -> List.copyOf(byPeer.getOrDefault(peer, List.of())));
  }

  List<Connection> all() {
    return locked(() -> byPeer.values().stream().flatMap(List::stream).toList());
  }

  List<PeerId> peers() {
    return locked(() -> List.copyOf(byPeer.keySet()));
  }

  boolean isFull() {
    return locked(() -> closed || count >= maxConnections);
  }

  /** Takes no more, and returns what is open. */
  List<Connection> close() {
    return locked(() -> {
      closed = true;
      return all();
    });
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
