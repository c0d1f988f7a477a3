package io.ecluster.libp2p;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reaches a peer at one of several addresses: they are tried one after another, each starting when
 * the one before has failed or had a short head start, and the first that leads to the peer wins.
 */
final class Dialer {
  /** How much earlier an address starts than the next: a round trip around the world. */
  private static final Duration HEAD_START = Duration.ofMillis(250);

  /** A packet lost on the way to an unreachable address must not hold a dial up for minutes. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final Upgrader upgrader;
  private final Deadlines deadlines;
  private final Duration handshakeTimeout;
  private final DialBackoff backoff;
  private final DialRate rate;
  private final NameLookup names;

  Dialer(
      Upgrader upgrader,
      Deadlines deadlines,
      Duration handshakeTimeout,
      DialBackoff backoff,
      DialRate rate,
      NameLookup names) {
    this.upgrader = upgrader;
    this.deadlines = deadlines;
    this.handshakeTimeout = handshakeTimeout;
    this.backoff = backoff;
    this.rate = rate;
    this.names = names;
  }

  /** A connection that was made, and the address that worked. */
  record Dialled(Upgrader.Upgraded upgraded, Multiaddr address, SocketChannel socket) {
    void drop() {
      upgraded.channel().close();
    }
  }

  private record Attempt(@Nullable Dialled success, @Nullable IOException failure) {}

  /**
   * Dials until one address works.
   *
   * @param insist also tries addresses that failed a moment ago
   * @throws IOException saying why each address failed
   */
  Dialled dial(PeerId peer, List<Multiaddr> addresses, boolean insist) throws IOException {
    List<String> failures = new ArrayList<>();
    Deque<Multiaddr> waiting = new ArrayDeque<>(candidates(addresses, insist, failures));
    Race race = new Race(peer);
    while (race.running() || !waiting.isEmpty()) {
      if (!waiting.isEmpty()) {
        race.start(waiting.removeFirst());
      }
      Attempt attempt = race.next(waiting.isEmpty() ? handshakeTimeout : HEAD_START);
      if (attempt != null && attempt.success() != null) {
        race.over();
        return attempt.success();
      }
      if (attempt != null && attempt.failure() != null) {
        failures.add(String.valueOf(attempt.failure().getMessage()));
      }
    }
    throw new IOException("cannot reach " + peer + ": " + reasons(failures));
  }

  private static String reasons(List<String> failures) {
    return failures.isEmpty() ? "no address is known" : String.join("; ", failures);
  }

  /** Loopback last: it is the peer only if it shares our machine. */
  private List<Multiaddr> candidates(
      List<Multiaddr> addresses, boolean insist, List<String> failures) {
    List<Multiaddr> usable = new ArrayList<>();
    for (Multiaddr address : SocketAddresses.tcpOnly(addresses)) {
      if (insist || backoff.allows(address)) {
        usable.add(address);
      } else {
        failures.add(address + " failed a moment ago");
      }
    }
    usable.sort(Comparator.comparing(SocketAddresses::isLoopback));
    return usable.stream().distinct().toList();
  }

  /** The attempts of one dial. */
  private final class Race {
    private final PeerId peer;
    private final BlockingQueue<Attempt> results = new LinkedBlockingQueue<>();
    private final AtomicBoolean won = new AtomicBoolean();
    private int running;

    Race(PeerId peer) {
      this.peer = peer;
    }

    boolean running() {
      return running > 0;
    }

    void start(Multiaddr address) {
      running++;
      Thread.ofVirtual().name("libp2p-dial-" + address).start(() -> run(address));
    }

    private void run(Multiaddr address) {
      try {
        Dialled dialled = attempt(peer, address);
        backoff.succeeded(address);
        if (!won.compareAndSet(false, true)) {
          dialled.drop();
          return;
        }
        results.add(new Attempt(dialled, null));
      } catch (IOException | RuntimeException e) {
        backoff.failed(address);
        results.add(new Attempt(null, new IOException(address + ": " + reason(e), e)));
      }
    }

    /** Null if nothing happened in time. */
    @Nullable Attempt next(Duration wait) throws IOException {
      try {
        Attempt attempt = results.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
        running -= attempt == null ? 0 : 1;
        return attempt;
      } catch (InterruptedException e) {
        won.set(true);
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    void over() {
      won.set(true);
    }
  }

  private static String reason(Exception e) {
    if (e instanceof ClosedChannelException) {
      return "no answer in time";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private Dialled attempt(PeerId peer, Multiaddr address) throws IOException {
    IOException last = new IOException("no address");
    for (InetSocketAddress target : names.resolve(address)) {
      try {
        return attempt(peer, address, target);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private Dialled attempt(PeerId peer, Multiaddr address, InetSocketAddress target)
      throws IOException {
    if (!rate.allows(target)) {
      throw new IOException("connected too often lately; wait some seconds");
    }
    SocketChannel socket = SocketChannel.open();
    try (Deadlines.Deadline _ =
        deadlines.after(handshakeTimeout, () -> Listener.closeQuietly(socket))) {
      socket.socket().connect(target, (int) CONNECT_TIMEOUT.toMillis());
      rate.connected(target);
      return new Dialled(upgrader.dialled(socket, peer), address, socket);
    } catch (IOException | RuntimeException e) {
      Listener.closeQuietly(socket);
      throw e;
    }
  }
}
