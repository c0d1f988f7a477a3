package io.ecluster.core.consensus;

import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.PinState;
import io.ecluster.ipfs.bitswap.BlockExchange;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.pubsub.PubSub;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pinset as a CRDT, block for block that of Go IPFS Cluster.
 *
 * <p>A write becomes a block on top of all heads, is stored, and its CID is announced by pubsub.
 * Who hears of it fetches the block and what it links to by bitswap. {@link Replica} decides; this
 * class connects it to time and network: one thread keeps the timetable, one walks the DAG ({@link
 * DeltaFetcher}), and one writes batches if there are any.
 *
 * <p>Unlike Go, a peer announces its heads as soon as another one joins the topic, and says so if
 * it has none: a newcomer or a returning peer is up to date within seconds, and knows when it may
 * write.
 */
public final class CrdtConsensus implements Consensus {
  /** About 40 KB; pubsub carries 1 MiB. */
  private static final int MAX_HEADS_PER_MESSAGE = 1000;

  /** Heads that others announced since our last round; more are merely announced twice. */
  private static final int MAX_SEEN = 10_000;

  /** Stuck blocks tried again in one round. */
  private static final int MAX_RETRIES = 10_000;

  private static final Logger log = LoggerFactory.getLogger(CrdtConsensus.class);

  private final PubSub pubsub;
  private final BlockExchange exchange;
  private final PeerId self;
  private final CrdtConfig config;
  private final Clock clock;
  private final String topic;
  private final Replica replica;
  private final CrdtState state;
  private final Deliveries deliveries;
  private final DeltaFetcher fetcher;
  private final Batcher batcher;
  private final FirstSync firstSync = new FirstSync();
  private final Set<PeerId> trusted = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Cid> seen = new HashSet<>();
  private final Timetable timetable;
  private boolean closed;

  /**
   * Reads the state; takes part only once started.
   *
   * @param store not closed by this
   * @param pubsub not closed by this
   * @param exchange on the cluster's host; not closed by this
   * @param listener may change pins itself
   */
  public CrdtConsensus(
      Datastore store,
      PubSub pubsub,
      BlockExchange exchange,
      PeerId self,
      CrdtConfig config,
      Clock clock,
      RandomGenerator random,
      Listener listener) {
    this.pubsub = pubsub;
    this.exchange = exchange;
    this.self = self;
    this.config = config;
    this.clock = clock;
    topic = config.topic();
    replica = new Replica(store);
    state = new CrdtState(store);
    deliveries = new Deliveries(listener);
    fetcher =
        new DeltaFetcher(replica, exchange, config.fetchTimeout(), config.workers(), this::arrived);
    batcher = new Batcher(config.batching(), this::write);
    timetable =
        new Timetable(
            clock.instant(), config.rebroadcastInterval(), config.repairInterval(), random);
    trusted.add(self);
    trusted.addAll(config.trustedPeers());
    if (!replica.isEmpty()) {
      firstSync.synced();
    }
  }

  /** Joins the topic and begins to synchronise. */
  public void start() {
    pubsub.onPeerJoined(this::peerJoined);
    pubsub.subscribe(topic, this::accepts, this::received);
    fetcher.start();
    if (config.batching().enabled()) {
      batcher.start();
    }
    Thread.ofVirtual().name("crdt-timetable").start(this::keepTimetable);
  }

  @Override
  public void commit(List<PinChange> changes) {
    if (config.batching().enabled()) {
      batcher.add(changes);
    } else {
      write(changes);
    }
  }

  private void write(List<PinChange> changes) {
    if (replica.isEmpty()) {
      firstSync.await(config.firstSyncWait(), this::trustedSubscribers);
    }
    List<Replica.Applied> made = deliveries.making(() -> replica.commit(changes));
    stored(made);
    made.forEach(block -> publish(List.of(block.cid())));
    deliveries.deliver();
  }

  /** Others may have asked for these blocks before we had them. */
  private void stored(List<Replica.Applied> blocks) {
    if (!blocks.isEmpty()) {
      firstSync.synced();
      exchange.stored(blocks.stream().map(Replica.Applied::cid).toList());
    }
  }

  private Collection<PeerId> trustedSubscribers() {
    return pubsub.subscribers(topic).stream()
        .filter(peer -> trusts(peer) && !peer.equals(self))
        .toList();
  }

  private void publish(List<Cid> heads) {
    pubsub.publish(topic, HeadsMessage.encode(heads));
  }

  @Override
  public PinState state() {
    return state;
  }

  @Override
  public boolean trusts(PeerId peer) {
    return config.trustAll() || trusted.contains(peer);
  }

  @Override
  public void trust(PeerId peer) {
    trusted.add(peer);
  }

  @Override
  public void rebroadcast() {
    publishAll(replica.heads());
  }

  private void publishAll(List<Cid> heads) {
    for (int from = 0; from < heads.size(); from += MAX_HEADS_PER_MESSAGE) {
      publish(heads.subList(from, Math.min(heads.size(), from + MAX_HEADS_PER_MESSAGE)));
    }
  }

  @Override
  public Heads heads() {
    return new Heads(replica.heads(), replica.height(), replica.isDirty());
  }

  @Override
  public Progress progress() {
    return new Progress(fetcher.pending(), replica.stuck());
  }

  /** What was refused of what others announced and gave, and why. */
  public Refusals refusals() {
    return replica.refusals();
  }

  private boolean accepts(PubSub.Message message) {
    boolean trusted = trusts(message.from());
    if (!trusted) {
      refusals().count(Refusals.Reason.UNTRUSTED);
    }
    return trusted;
  }

  private void received(PubSub.Message message) {
    if (message.from().equals(self)) {
      return;
    }
    try {
      List<Cid> heads = HeadsMessage.decode(message.data());
      if (heads.isEmpty()) {
        firstSync.hasNothing(message.from());
      }
      see(heads);
      fetcher.offer(heads.stream().filter(replica::needs).toList());
    } catch (FormatException e) {
      refusals().count(Refusals.Reason.MALFORMED);
      log.debug("{} announced what are no heads: {}", message.from(), e.getMessage());
    } catch (RuntimeException e) {
      log.error("heads of {} could not be taken: {}", message.from(), e.getMessage());
    }
  }

  private void see(List<Cid> heads) {
    lock.lock();
    try {
      heads.stream().limit(MAX_SEEN - Math.min(MAX_SEEN, seen.size())).forEach(seen::add);
    } finally {
      lock.unlock();
    }
  }

  /** A fetched block; answers with those to fetch next. */
  private List<Cid> arrived(Cid cid, byte[] bytes) {
    List<Replica.Applied> applied =
        deliveries.making(() -> replica.accept(cid, bytes).map(List::of).orElse(List.of()));
    stored(applied);
    deliveries.deliver();
    if (replica.isDamaged()) {
      repairSoon();
    }
    List<Cid> next = new ArrayList<>();
    applied.forEach(block -> next.addAll(block.wanted()));
    return next;
  }

  private void peerJoined(String joined) {
    if (joined.equals(topic)) {
      lock.lock();
      try {
        timetable.peerJoined(clock.instant());
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void repairSoon() {
    lock.lock();
    try {
      timetable.repairNow(clock.instant());
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void keepTimetable() {
    for (Optional<Set<Timetable.Task>> due = takeDue(); due.isPresent(); due = takeDue()) {
      due.get().forEach(this::perform);
    }
  }

  /** Waits until something is due; empty once closed. */
  private Optional<Set<Timetable.Task>> takeDue() {
    lock.lock();
    try {
      Set<Timetable.Task> due = timetable.takeDue(clock.instant());
      while (!closed && due.isEmpty()) {
        pause(timetable.untilNext(clock.instant()));
        due = timetable.takeDue(clock.instant());
      }
      return closed ? Optional.empty() : Optional.of(due);
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void pause(Duration duration) {
    try {
      changed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private void perform(Timetable.Task task) {
    try {
      switch (task) {
        case ANNOUNCE, ANNOUNCE_AGAIN -> announce();
        case REBROADCAST -> rebroadcastUnseen();
        case REPAIR -> repair();
      }
    } catch (RuntimeException e) {
      log.error("{} failed and will be tried again: {}", task, e.getMessage());
    }
  }

  /** Someone came, so blocks that nobody had may be there now. */
  private void announce() {
    retry();
    List<Cid> heads = replica.heads();
    if (heads.isEmpty()) {
      publish(heads);
    }
    publishAll(heads);
  }

  private void rebroadcastUnseen() {
    retry();
    publishAll(takeUnseen());
  }

  private List<Cid> takeUnseen() {
    lock.lock();
    try {
      List<Cid> unseen = replica.heads().stream().filter(head -> !seen.contains(head)).toList();
      seen.clear();
      return unseen;
    } finally {
      lock.unlock();
    }
  }

  private void retry() {
    if (replica.isDirty()) {
      replica.retryStuck(MAX_RETRIES);
    }
    fetcher.lookAgain();
  }

  private void repair() {
    if (replica.isDamaged()) {
      replica.repair();
    }
    retry();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (config.batching().enabled()) {
      batcher.close();
    }
    fetcher.close();
  }
}
