package io.ecluster.libp2p;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** Counts inbound connections, so that no address can take all of our sockets. */
final class InboundLimits {
  private final HostLimits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<InetAddress, Integer> halfOpen = new HashMap<>();
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int allHalfOpen;

  InboundLimits(HostLimits limits) {
    this.limits = limits;
  }

  /** Whether a handshake with this address may begin; then {@link #handshakeEnded} must follow. */
  boolean mayBegin(InetAddress from) {
    lock.lock();
    try {
      if (allHalfOpen >= limits.maxHalfOpen() || !mayBeginFrom(from)) {
        return false;
      }
      allHalfOpen++;
      halfOpen.merge(from, 1, Integer::sum);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private boolean mayBeginFrom(InetAddress from) {
    return from.isLoopbackAddress()
        || (halfOpen.getOrDefault(from, 0) < limits.maxHalfOpenPerAddress()
            && open.getOrDefault(from, 0) < limits.maxConnectionsPerAddress());
  }

  void handshakeEnded(InetAddress from) {
    lock.lock();
    try {
      allHalfOpen--;
      decrement(halfOpen, from);
    } finally {
      lock.unlock();
    }
  }

  void opened(InetAddress from) {
    lock.lock();
    try {
      open.merge(from, 1, Integer::sum);
    } finally {
      lock.unlock();
    }
  }

  void closed(InetAddress from) {
    lock.lock();
    try {
      decrement(open, from);
    } finally {
      lock.unlock();
    }
  }

  private static void decrement(Map<InetAddress, Integer> counts, InetAddress from) {
    counts.computeIfPresent(from, (address, count) -> count == 1 ? null : count - 1);
  }
}
