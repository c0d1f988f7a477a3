package io.ecluster.ipfs.bitswap;

import io.ecluster.ipfs.bitswap.ObtainableBlocks.Offer;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Host;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives blocks away. While a peer has wants one thread answers them in order, each message on a
 * stream of its own that we open. Blocks that have to be obtained first are left to other threads,
 * a few for each peer, so that those which are here do not wait for them.
 */
final class Server {
  /** A smaller block is sent to who only asks whether we have it. */
  static final int SMALL_BLOCK_BYTES = 1_024;

  /** Blocks are packed until a message is this large; with one more it is below bitswap's limit. */
  private static final int FULL_MESSAGE_BYTES = 2 << 20;

  /** HAVE and DONT_HAVE entries in a message. */
  private static final int FULL_MESSAGE_ENTRIES = 1_024;

  /** Messages on their way at a time, each up to 4 MiB: the memory that slow readers can hold. */
  private static final int MAX_MESSAGES_UNDER_WAY = 32;

  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(10);
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final Host host;
  private final LocalBlocks blocks;
  private final ObtainableBlocks obtainable;
  private final Sender sender;
  private final Map<PeerId, Ledger> ledgers = new ConcurrentHashMap<>();
  private final Semaphore underWay = new Semaphore(MAX_MESSAGES_UNDER_WAY);

  Server(Host host, LocalBlocks blocks, ObtainableBlocks obtainable, Sender sender) {
    this.host = host;
    this.blocks = blocks;
    this.obtainable = obtainable;
    this.sender = sender;
  }

  void receive(PeerId peer, Message message) {
    if (message.wants().isEmpty() && !message.full()) {
      return;
    }
    Ledger ledger = ledgers.computeIfAbsent(peer, _ -> new Ledger());
    if (ledger.update(message.wants(), message.full())) {
      start(peer, ledger);
    }
  }

  /** Answers wants that have waited for these blocks. */
  void stored(Collection<Cid> cids) {
    ledgers.forEach((peer, ledger) -> {
      if (ledger.stored(cids)) {
        start(peer, ledger);
      }
    });
  }

  /** Answers wants that others were to answer and did not, and tries again what failed. */
  void tick(long now) {
    ledgers.forEach((peer, ledger) -> {
      for (int begin = ledger.takeDue(now); begin > 0; begin--) {
        startObtaining(peer, ledger);
      }
      if (ledger.retry(now)) {
        start(peer, ledger);
      }
    });
  }

  void left(PeerId peer) {
    Ledger ledger = ledgers.remove(peer);
    if (ledger != null) {
      ledger.clear();
    }
  }

  private void start(PeerId peer, Ledger ledger) {
    Thread.ofVirtual().name("bitswap-serve-" + peer).start(() -> new Serving(peer, ledger).run());
  }

  private void startObtaining(PeerId peer, Ledger ledger) {
    Thread.ofVirtual()
        .name("bitswap-obtain-" + peer)
        .start(() -> new Obtaining(peer, ledger).run());
  }

  private void write(PeerId peer, Message message) throws IOException, InterruptedException {
    underWay.acquire();
    try (Stream stream = host.open(peer, Bitswap.PROTOCOLS, OPEN_TIMEOUT)) {
      sender.write(stream, message);
    } finally {
      underWay.release();
    }
  }

  /** Answers wants of one peer until there are none. */
  private abstract class Answering {
    final PeerId peer;
    final Ledger ledger;

    Answering(PeerId peer, Ledger ledger) {
      this.peer = peer;
      this.ledger = ledger;
    }

    /** The next want; null when there is none, which ends this. */
    abstract @Nullable Want next();

    abstract void answer(Want want) throws IOException, InterruptedException;

    void run() {
      try {
        for (Want want = next(); want != null; want = next()) {
          answer(want);
        }
      } catch (IOException e) {
        log.debug("cannot answer {}: {}", peer, e.getMessage());
        abandon();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        abandon();
      }
    }

    /** What could not be sent is asked for again by a client that still wants it. */
    private void abandon() {
      do {
        ledger.clear();
      } while (next() != null);
      if (!host.isConnected(peer)) {
        ledgers.remove(peer, ledger);
      }
    }
  }

  /** Obtains blocks that one peer wants. */
  private final class Obtaining extends Answering {
    Obtaining(PeerId peer, Ledger ledger) {
      super(peer, ledger);
    }

    @Override
    @Nullable Want next() {
      return ledger.nextToObtain();
    }

    @Override
    void answer(Want want) throws IOException, InterruptedException {
      Optional<byte[]> data = want.haveOnly() ? Optional.empty() : obtain(want.cid());
      if (!ledger.obtained(want)) {
        return;
      }
      if (data.isPresent()) {
        write(peer, Message.reply(List.of(Payload.of(want.cid(), data.get())), List.of()));
      } else if (want.haveOnly() || want.sendDontHave()) {
        Presence presence = new Presence(want.cid(), want.haveOnly());
        write(peer, Message.reply(List.of(), List.of(presence)));
      }
      if (data.isEmpty() && !want.haveOnly()) {
        ledger.keepForRetry(want, System.nanoTime());
      }
    }

    private Optional<byte[]> obtain(Cid cid) throws InterruptedException {
      try {
        return obtainable.obtain(peer, cid).filter(data -> data.length <= Block.MAX_BYTES);
      } catch (RuntimeException e) {
        log.warn("block {} cannot be obtained for a peer", cid, e);
        return Optional.empty();
      }
    }
  }

  /** Answers from the local store, or says what can be done. */
  private final class Serving extends Answering {
    private Reply reply = new Reply();

    Serving(PeerId peer, Ledger ledger) {
      super(peer, ledger);
    }

    @Override
    @Nullable Want next() {
      return ledger.next();
    }

    @Override
    void answer(Want want) throws IOException, InterruptedException {
      int size = sizeOf(want.cid());
      if (size < 0) {
        offer(want);
      } else if (want.haveOnly() && size > SMALL_BLOCK_BYTES) {
        reply.presences.add(new Presence(want.cid(), true));
      } else {
        give(want, size);
      }
      if (reply.isFull() || !ledger.hasNext()) {
        send();
      }
    }

    private void give(Want want, int size) throws IOException, InterruptedException {
      if (size > SMALL_BLOCK_BYTES && !reply.presences.isEmpty()) {
        send(); // Reading, or rebuilding, a block may take long: answers do not wait for it.
      }
      Optional<byte[]> data = read(want.cid());
      if (data.isPresent()) {
        reply.add(Payload.of(want.cid(), data.get()));
      } else {
        offer(want);
      }
    }

    /** Says what we can do about a block that is not here. */
    private void offer(Want want) {
      Offer offer = offerOf(peer, want.cid());
      boolean late = offer == Offer.LATER && ledger.keepLate(want, System.nanoTime());
      if (offer == Offer.NONE) {
        deny(want);
        ledger.keep(want);
      } else if (offer == Offer.NOT_NOW) {
        deny(want);
        ledger.keepForRetry(want, System.nanoTime());
      } else if (late) {
        deny(want);
      } else if (want.haveOnly()) {
        reply.presences.add(new Presence(want.cid(), true));
      } else if (ledger.obtain(want)) {
        startObtaining(peer, ledger);
      }
    }

    private void deny(Want want) {
      if (want.sendDontHave()) {
        reply.presences.add(new Presence(want.cid(), false));
      }
    }

    private void send() throws IOException, InterruptedException {
      if (reply.isEmpty()) {
        return;
      }
      Message message = reply.message();
      reply = new Reply();
      write(peer, message);
    }
  }

  /** A message being filled. */
  private static final class Reply {
    private final List<Payload> blocks = new ArrayList<>();
    private final List<Presence> presences = new ArrayList<>();
    private int bytes;

    void add(Payload block) {
      blocks.add(block);
      bytes += block.data().length;
    }

    boolean isFull() {
      return bytes >= FULL_MESSAGE_BYTES
          || presences.size() >= FULL_MESSAGE_ENTRIES
          || blocks.size() >= FULL_MESSAGE_ENTRIES;
    }

    boolean isEmpty() {
      return blocks.isEmpty() && presences.isEmpty();
    }

    Message message() {
      return Message.reply(blocks, presences);
    }
  }

  /** Negative if we lack it, or it is larger than bitswap carries. */
  private int sizeOf(Cid cid) {
    int size = safely(cid, () -> blocks.size(cid)).orElse(-1);
    return size > Block.MAX_BYTES ? -1 : size;
  }

  private Offer offerOf(PeerId peer, Cid cid) {
    return safely(cid, () -> Optional.of(obtainable.offer(peer, cid))).orElse(Offer.NONE);
  }

  private Optional<byte[]> read(Cid cid) {
    return safely(cid, () -> blocks.get(cid)).filter(data -> data.length <= Block.MAX_BYTES);
  }

  private static <T> Optional<T> safely(Cid cid, Supplier<Optional<T>> read) {
    try {
      return read.get();
    } catch (RuntimeException e) {
      log.warn("block {} cannot be read for a peer", cid, e);
      return Optional.empty();
    }
  }
}
