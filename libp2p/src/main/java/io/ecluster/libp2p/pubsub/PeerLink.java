package io.ecluster.libp2p.pubsub;

import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one peer: the stream that we opened and only we write on. One thread owns it, opens
 * it, greets, and writes what is queued. A stream that breaks while the peer stays connected is
 * opened again, at once and not when there is something to write: the greeting may have been lost
 * with it, and a peer that does not know our topics gives us nothing to answer.
 */
final class PeerLink {
  /** As Go: then the peer has to identify itself again. */
  private static final int MAX_ATTEMPTS = 4;

  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  /** Between streams that break soon, whoever breaks them. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** A stream that lived as long was a good one. */
  private static final Duration PROVEN = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(PeerLink.class);

  private final Host host;
  private final PeerId peer;
  private final OutgoingQueue queue;
  private final Function<Stream, List<Rpc>> greeting;
  private final Consumer<PeerLink> onEnd;
  private final Thread owner;
  private volatile @Nullable Stream stream;
  private volatile boolean closed;

  /** Taken from the queue but not known to be written. */
  private @Nullable Rpc inHand;

  PeerLink(
      Host host,
      PeerId peer,
      OutgoingQueue queue,
      Function<Stream, List<Rpc>> greeting,
      Consumer<PeerLink> onEnd) {
    this.host = host;
    this.peer = peer;
    this.queue = queue;
    this.greeting = greeting;
    this.onEnd = onEnd;
    this.owner = Thread.ofVirtual().name("gossipsub-to-" + peer).unstarted(this::run);
  }

  PeerId peer() {
    return peer;
  }

  void start() {
    owner.start();
  }

  void send(Rpc rpc) {
    queue.offer(rpc);
  }

  void close() {
    closed = true;
    queue.close();
    Stream open = stream;
    if (open != null) {
      open.reset();
    }
    owner.interrupt();
  }

  private void run() {
    try {
      int failures = 0;
      Duration pause = FIRST_PAUSE;
      while (!closed && failures < MAX_ATTEMPTS && host.isConnected(peer)) {
        long opened = System.nanoTime();
        failures = speak() ? 0 : failures + 1;
        boolean proven = System.nanoTime() - opened > PROVEN.toNanos();
        pause = proven ? FIRST_PAUSE : longer(pause);
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      queue.close();
      onEnd.accept(this);
    }
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  /** One stream's life; whether it got as far as the greeting. */
  private boolean speak() throws InterruptedException {
    boolean greeted = false;
    try (Stream opened = host.open(peer, Gossipsub.PROTOCOLS, OPEN_TIMEOUT)) {
      stream = opened;
      for (Rpc rpc : greeting.apply(opened)) {
        write(opened, rpc);
      }
      greeted = true;
      writeQueue(opened);
    } catch (IOException e) {
      log.debug("pubsub stream to {}: {}", peer, e.getMessage());
    }
    return greeted;
  }

  private void writeQueue(Stream to) throws IOException, InterruptedException {
    AtomicBoolean broken = new AtomicBoolean();
    Thread.ofVirtual().name("gossipsub-watch-" + peer).start(() -> watch(to, broken));
    while (!closed) {
      if (inHand == null) {
        Optional<Rpc> next = queue.take(broken::get);
        if (next.isEmpty()) {
          return;
        }
        inHand = next.get();
      }
      write(to, inHand);
      inHand = null;
    }
  }

  /** Nothing ever comes on the stream, so that a read ends with it. */
  private void watch(Stream watched, AtomicBoolean broken) {
    try {
      var _ = watched.input().read();
    } catch (IOException e) {
      log.debug("pubsub stream to {}: {}", peer, e.getMessage());
    }
    broken.set(true);
    queue.wake();
  }

  private static void write(Stream to, Rpc rpc) throws IOException {
    to.output().write(RpcWriter.frame(rpc));
    to.output().flush();
  }
}
