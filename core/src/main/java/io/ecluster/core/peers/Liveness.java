package io.ecluster.core.peers;

import io.ecluster.core.monitor.Monitor;
import io.ecluster.libp2p.Host;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Finds out at once whether a peer lives, where metrics take half a minute to tell. Many may ask
 * about the same peer at the same time: one probe answers them all.
 */
public final class Liveness {
  public static final Duration STANDARD_TIMEOUT = Duration.ofSeconds(1);

  /** Enough for the many reads of one request, too short to trust a dead peer. */
  static final Duration ANSWER_LIFE = Duration.ofMillis(500);

  /** A dial that only times out may be the network's fault; this many in a row are not. */
  static final int TIMEOUTS_UNTIL_FORGOTTEN = 3;

  private static final int MAX_PROBES = 4096;

  private final Host host;
  private final Monitor monitor;
  private final Duration timeout;
  private final InstantSource clock;
  private final Map<PeerId, Probe> probes = new ConcurrentHashMap<>();

  /**
   * @param timeout for a probe; {@link #STANDARD_TIMEOUT} suits most networks
   */
  public Liveness(Host host, Monitor monitor, Duration timeout, InstantSource clock) {
    this.host = host;
    this.monitor = monitor;
    this.timeout = timeout;
    this.clock = clock;
  }

  /**
   * Whether the peer answers a ping. One that has no connection and does not accept any is
   * forgotten by the monitor: it is no member until it pings again.
   */
  public boolean alive(PeerId peer) {
    return peer.equals(host.id()) || probe(peer).ask(peer);
  }

  /**
   * As {@link #alive(PeerId)}, asked anew and with more time: a peer under load may be late, and so
   * may we.
   */
  public boolean alive(PeerId peer, Duration patience) {
    return peer.equals(host.id()) || probe(peer).askAnew(peer, patience);
  }

  private Probe probe(PeerId peer) {
    if (probes.size() > MAX_PROBES) {
      probes.clear();
    }
    return probes.computeIfAbsent(peer, key -> new Probe());
  }

  private static boolean isTimeout(IOException failure) {
    return failure instanceof SocketTimeoutException
        || failure.getCause() instanceof TimeoutException;
  }

  /** The latest answer about one peer. */
  private final class Probe {
    private final ReentrantLock lock = new ReentrantLock();
    private Instant until = Instant.MIN;
    private boolean alive;
    private int timeouts;

    /** How often it was asked with more time than usual. */
    private final AtomicLong patientLooks = new AtomicLong();

    boolean ask(PeerId peer) {
      lock.lock();
      try {
        boolean lost = alive && !host.isConnected(peer); // whoever was killed has no connection
        if (lost || !clock.instant().isBefore(until)) {
          look(peer, timeout);
        }
        return alive;
      } finally {
        lock.unlock();
      }
    }

    /** Those who wait for it share the answer; one that was given less time does not count. */
    boolean askAnew(PeerId peer, Duration patience) {
      long asked = patientLooks.get();
      lock.lock();
      try {
        if (patientLooks.get() == asked) {
          look(peer, patience);
          patientLooks.incrementAndGet();
        }
        return alive;
      } finally {
        lock.unlock();
      }
    }

    private void look(PeerId peer, Duration patience) {
      alive = answers(peer, patience);
      until = clock.instant().plus(ANSWER_LIFE);
    }

    private boolean answers(PeerId peer, Duration patience) {
      try {
        reach(peer, patience);
        timeouts = 0;
        return true;
      } catch (IOException e) {
        timeouts++;
        if (isGone(peer, e)) {
          monitor.forget(peer);
        }
        return false;
      }
    }

    /** Dials also where that has failed a moment ago: the peer may just have been started again. */
    private void reach(PeerId peer, Duration patience) throws IOException {
      if (!host.isConnected(peer)) {
        host.connect(peer, host.knownAddresses(peer), patience);
      }
      var _ = host.ping(peer, patience);
    }

    /** With no connection to anyone, it is we who are cut off. */
    private boolean isGone(PeerId peer, IOException failure) {
      boolean certain = !isTimeout(failure) || timeouts >= TIMEOUTS_UNTIL_FORGOTTEN;
      return certain && !host.isConnected(peer) && !host.connectedPeers().isEmpty();
    }
  }
}
