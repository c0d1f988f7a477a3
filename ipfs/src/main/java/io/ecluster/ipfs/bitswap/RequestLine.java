package io.ecluster.ipfs.bitswap;

import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells one peer what we want, on a stream that stays open. One thread owns it. Entries that wait
 * are merged by CID, so that their number is bounded by that of the blocks wanted.
 */
final class RequestLine {
  /** Some 24 KB: small beside the blocks, large enough that few messages are needed. */
  private static final int MAX_WANTS_PER_MESSAGE = 512;

  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(RequestLine.class);

  private final Host host;
  private final PeerId peer;
  private final Sender sender;
  private final Consumer<PeerId> onFailure;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Cid, Want> waiting = new LinkedHashMap<>();
  private final Thread owner;
  private @Nullable Stream stream;
  private boolean closed;

  /**
   * @param onFailure called when the peer cannot be told, after which the line is dead
   */
  RequestLine(Host host, PeerId peer, Sender sender, Consumer<PeerId> onFailure) {
    this.host = host;
    this.peer = peer;
    this.sender = sender;
    this.onFailure = onFailure;
    this.owner = Thread.ofVirtual().name("bitswap-want-" + peer).start(this::run);
  }

  /** Never blocks. A later entry for the same CID replaces one that waits. */
  void offer(Want want) {
    lock.lock();
    try {
      if (!closed) {
        waiting.remove(want.cid());
        waiting.put(want.cid(), want);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      changed.signalAll();
      if (stream != null) {
        stream.reset();
      }
    } finally {
      lock.unlock();
    }
    owner.interrupt();
  }

  private void run() {
    try {
      for (List<Want> batch = take(); !batch.isEmpty(); batch = take()) {
        send(Message.wants(batch));
      }
    } catch (IOException e) {
      log.debug("cannot tell {} our wants: {}", peer, e.getMessage());
      onFailure.accept(peer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for entries; empty once closed. */
  private List<Want> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      List<Want> batch = new ArrayList<>();
      Iterator<Want> each = waiting.values().iterator();
      while (each.hasNext() && batch.size() < MAX_WANTS_PER_MESSAGE) {
        batch.add(each.next());
        each.remove();
      }
      return batch;
    } finally {
      lock.unlock();
    }
  }

  /** A stream may have died of old age, so a failure is tried once more on a new one. */
  private void send(Message message) throws IOException {
    Stream old = stream;
    if (old != null) {
      try {
        sender.write(old, message);
        return;
      } catch (IOException e) {
        old.reset();
        log.debug("wants for {} go on a new stream: {}", peer, e.getMessage());
      }
    }
    sender.write(open(), message);
  }

  private Stream open() throws IOException {
    Stream opened = host.open(peer, List.of(MessageWriter.BITSWAP_1_2), OPEN_TIMEOUT);
    lock.lock();
    try {
      stream = opened;
      if (closed) {
        opened.reset();
        throw new IOException("closed");
      }
      return opened;
    } finally {
      lock.unlock();
    }
  }
}
