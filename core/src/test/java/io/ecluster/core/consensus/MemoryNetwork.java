package io.ecluster.core.consensus;

import io.ecluster.ipfs.bitswap.BlockExchange;
import io.ecluster.ipfs.bitswap.LocalBlocks;
import io.ecluster.libp2p.pubsub.PubSub;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Pubsub and block exchange between peers of one process. All peers are connected unless cut off;
 * messages are delivered in order, on a thread of the receiver.
 */
public final class MemoryNetwork implements AutoCloseable {
  private final Map<PeerId, Member> members = new ConcurrentSkipListMap<>();

  /** Adds a peer that gives away {@code blocks}. */
  public Member join(PeerId id, LocalBlocks blocks) {
    Member member = new Member(id, blocks);
    members.put(id, member);
    return member;
  }

  @Override
  public void close() {
    members.values().forEach(Member::close);
  }

  /** One peer, as pubsub and as block exchange. */
  public final class Member implements PubSub, BlockExchange {
    private record Subscription(Validator accept, Consumer<Message> handler) {}

    private final PeerId id;
    private final LocalBlocks blocks;
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private final AtomicInteger published = new AtomicInteger();
    private volatile boolean cutOff;
    private volatile boolean deaf;

    private Member(PeerId id, LocalBlocks blocks) {
      this.id = id;
      this.blocks = blocks;
    }

    /** Number of messages published. */
    public int published() {
      return published.get();
    }

    /** Leaves the network; what is sent meanwhile is lost. */
    public void cutOff() {
      cutOff = true;
    }

    /** While deaf it stays connected, but messages to it are lost. */
    public void deaf(boolean isDeaf) {
      deaf = isDeaf;
    }

    /** Comes back, and everyone notices. */
    public void reconnect() {
      cutOff = false;
      subscriptions.keySet().forEach(this::tellOfJoin);
    }

    private void tellOfJoin(String topic) {
      for (Member other : members.values()) {
        if (reaches(other) && other.subscriptions.containsKey(topic)) {
          other.joined(topic);
          joined(topic);
        }
      }
    }

    private void joined(String topic) {
      thread.execute(() -> listeners.forEach(listener -> listener.accept(topic)));
    }

    private boolean reaches(Member other) {
      return other != this && !cutOff && !other.cutOff;
    }

    @Override
    public void subscribe(String topic, Validator accept, Consumer<Message> handler) {
      subscriptions.put(topic, new Subscription(accept, handler));
      tellOfJoin(topic);
    }

    @Override
    public void publish(String topic, byte[] data) {
      published.incrementAndGet();
      Message message = new Message(id, topic, data);
      members.values().stream().filter(this::reaches).forEach(other -> other.receive(message));
    }

    private void receive(Message message) {
      Subscription subscription = subscriptions.get(message.topic());
      if (!deaf
          && subscription != null
          && subscription.accept().accepts(message)
          && !thread.isShutdown()) {
        thread.execute(() -> subscription.handler().accept(message));
      }
    }

    @Override
    public List<PeerId> subscribers(String topic) {
      return members.values().stream()
          .filter(other -> reaches(other) && other.subscriptions.containsKey(topic))
          .map(other -> other.id)
          .toList();
    }

    @Override
    public void onPeerJoined(Consumer<String> listener) {
      listeners.add(listener);
    }

    @Override
    public Optional<byte[]> fetch(Cid cid, Duration timeout) {
      return members.values().stream()
          .filter(this::reaches)
          .flatMap(other -> other.blocks.get(cid).stream())
          .findFirst();
    }

    @Override
    public Collection<Cid> fetch(
        Collection<Cid> cids, Duration stall, BiConsumer<Cid, byte[]> each) {
      return cids.stream()
          .filter(cid -> {
            Optional<byte[]> found = fetch(cid, stall);
            found.ifPresent(bytes -> each.accept(cid, bytes));
            return found.isEmpty();
          })
          .toList();
    }

    @Override
    public void stored(Collection<Cid> cids) {}

    /** Leaves for good. */
    @Override
    public void close() {
      members.remove(id, this);
      thread.shutdownNow();
    }
  }
}
