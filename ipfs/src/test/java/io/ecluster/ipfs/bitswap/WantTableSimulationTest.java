package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The client's decisions against peers that lie, drop answers, leave and come back, in simulated
 * time under a seed. Every block that an honest peer has must arrive, once, and in the end no peer
 * may be left with a want of ours in its books.
 */
class WantTableSimulationTest {
  private static final int SEEDS = 100;
  private static final long MILLISECOND = 1_000_000;
  private static final long TICK = 250 * MILLISECOND;
  private static final long GIVE_UP = 600_000 * MILLISECOND;

  @Test
  void everyBlockThatAnHonestPeerHasArrivesOnce() throws InterruptedException {
    long first = System.nanoTime();
    for (long seed = first; seed < first + SEEDS; seed++) {
      new Simulation(seed).run();
    }
  }

  private static final List<PeerId> IDS =
      IntStream.rangeClosed(1, 6).mapToObj(i -> FakeNetwork.identity(i).id()).toList();

  private record Event(long at, long number, Runnable what) {}

  private static final class Simulation {
    private final long seed;
    private final Random random;
    private final PriorityQueue<Event> events =
        new PriorityQueue<>((a, b) ->
            a.at() != b.at() ? Long.compare(a.at(), b.at()) : Long.compare(a.number(), b.number()));
    private final Map<PeerId, Peer> peers = new HashMap<>();
    private final Map<Multihash, Block> blocks = new HashMap<>();
    private final WantTable table;
    private final FetchSession session = new FetchSession();
    private final Set<Multihash> missing = new HashSet<>();
    private long now;
    private long eventNumber;

    private final class Peer {
      final PeerId id;
      final Set<Multihash> has = new HashSet<>();
      final Set<Cid> books = new HashSet<>();
      final Set<Cid> asked = new HashSet<>();
      final boolean honest;
      boolean connected;

      Peer(int number, boolean honest) {
        this.id = IDS.get(number);
        this.honest = honest;
      }

      void receive(Want want) {
        if (want.cancel()) {
          books.remove(want.cid());
          asked.remove(want.cid());
          return;
        }
        books.add(want.cid());
        if (want.haveOnly()) {
          boolean says = has.contains(want.cid().hash()) || (!honest && random.nextBoolean());
          answer(() -> table.present(id, List.of(new Presence(want.cid(), says)), now));
        } else {
          asked.add(want.cid());
          assertThat(asked).as("seed %d", seed).hasSizeLessThanOrEqualTo(200);
          give(want.cid());
        }
      }

      private void give(Cid cid) {
        Block block = blocks.get(cid.hash());
        if (block == null || !has.contains(cid.hash())) {
          answer(() -> table.present(id, List.of(new Presence(cid, false)), now));
        } else if (random.nextInt(10) > 0 && (honest || random.nextBoolean())) {
          answer(() -> {
            asked.remove(cid);
            books.remove(cid);
            table.arrived(id, cid.hash(), block.data(), now);
            table.present(id, List.of(), now);
          });
        }
      }

      private void answer(Runnable what) {
        in(
            MILLISECOND * (1 + random.nextInt(50)),
            () -> {
              if (connected) {
                what.run();
              }
            });
      }

      void join() {
        connected = true;
        table.joined(id, now);
      }

      void leave() {
        connected = false;
        books.clear();
        asked.clear();
        table.left(id, now);
      }
    }

    Simulation(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      BitswapSettings settings =
          new BitswapSettings(Duration.ofSeconds(3), Duration.ofSeconds(1), Duration.ZERO);
      this.table = new WantTable(settings, this::send);
    }

    private void in(long nanos, Runnable what) {
      events.add(new Event(now + nanos, eventNumber++, what));
    }

    private void send(PeerId to, Want want) {
      Peer peer = peers.get(to);
      if (peer != null && peer.connected) {
        in(
            MILLISECOND,
            () -> {
              if (peer.connected) {
                peer.receive(want);
              }
            });
      }
    }

    void run() throws InterruptedException {
      setUp();
      Set<Multihash> arrived = new HashSet<>();
      in(TICK, this::tick);
      while (arrived.size() < missing.size() && now < GIVE_UP) {
        step();
        for (FetchSession.Arrival got = take(); got != null; got = take()) {
          assertThat(arrived.add(got.hash())).as("once, seed %d", seed).isTrue();
        }
      }
      assertThat(arrived).as("seed %d", seed).isEqualTo(missing);
      assertThat(table.size()).as("seed %d", seed).isZero();
      long end = now + 100 * MILLISECOND;
      while (now < end) {
        step();
      }
      peers.values().forEach(p -> assertThat(p.books).as("seed %d", seed).isEmpty());
    }

    private FetchSession.@Nullable Arrival take() throws InterruptedException {
      return session.next(Duration.ZERO);
    }

    private void setUp() {
      int count = 1 + random.nextInt(6);
      List<Block> all = MemoryBlocks.random(seed, 1 + random.nextInt(150), 8);
      all.forEach(block -> blocks.put(block.cid().hash(), block));
      for (int i = 0; i < count; i++) {
        Peer peer = new Peer(i, i == 0 || random.nextInt(3) > 0);
        peers.put(peer.id, peer);
        all.stream()
            .filter(_ -> random.nextInt(peer.honest ? count : 4) == 0)
            .forEach(block -> peer.has.add(block.cid().hash()));
      }
      Peer sure = peers.get(IDS.getFirst());
      if (sure != null) {
        all.forEach(block -> sure.has.add(block.cid().hash()));
        in(random.nextInt(2_000) * MILLISECOND, sure::join);
      }
      peers.values().stream().filter(p -> p != sure).forEach(this::comeAndGo);
      List<Cid> cids = new ArrayList<>(MemoryBlocks.cids(all));
      cids.forEach(cid -> missing.add(cid.hash()));
      table.add(session, cids, cids.size() == 1, now);
    }

    private void comeAndGo(Peer peer) {
      in(
          random.nextInt(5_000) * MILLISECOND,
          () -> {
            if (peer.connected) {
              peer.leave();
            } else {
              peer.join();
            }
            comeAndGo(peer);
          });
    }

    private void tick() {
      table.tick(now);
      in(TICK, this::tick);
    }

    private void step() {
      Event next = events.remove();
      now = next.at();
      next.what().run();
    }
  }
}
