package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that can obtain blocks which it does not store, as a stranger sees it. */
class ObtainableBlocksTest {
  private static final int LARGE = 5_000;

  private final FakeNetwork network = new FakeNetwork();
  private final MemoryHost host = network.host(1);
  private final MemoryBlocks local = new MemoryBlocks();
  private final Obtainable obtainable = new Obtainable();
  private final Bitswap server = new Bitswap(host, local, obtainable, BitswapSettings.standard());
  private final RawPeer stranger = new RawPeer(network, 2);
  private final List<Block> blocks = MemoryBlocks.random(1, 40, LARGE);

  /** Offers as a test says. */
  private static final class Obtainable implements ObtainableBlocks {
    final Map<Multihash, Offer> offers = new ConcurrentHashMap<>();
    final Map<Multihash, byte[]> data = new ConcurrentHashMap<>();
    final AtomicInteger obtained = new AtomicInteger();
    final AtomicInteger underWay = new AtomicInteger();
    final AtomicInteger mostUnderWay = new AtomicInteger();
    final CountDownLatch gate = new CountDownLatch(1);
    volatile boolean gated;
    volatile Consumer<Collection<Cid>> told = _ -> {};

    void put(Block block, Offer offer) {
      offers.put(block.cid().hash(), offer);
      data.put(block.cid().hash(), block.data());
    }

    @Override
    public void whenMore(Consumer<Collection<Cid>> listener) {
      told = listener;
    }

    @Override
    public Offer offer(PeerId peer, Cid cid) {
      return offers.getOrDefault(cid.hash(), Offer.NONE);
    }

    @Override
    public Optional<byte[]> obtain(PeerId peer, Cid cid) throws InterruptedException {
      mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
      try {
        if (gated) {
          gate.await();
        }
        obtained.incrementAndGet();
        return Optional.ofNullable(data.get(cid.hash()));
      } finally {
        underWay.decrementAndGet();
      }
    }
  }

  @BeforeEach
  void connect() throws IOException {
    network.connectAll();
  }

  @AfterEach
  void close() {
    obtainable.gate.countDown();
    server.close();
    network.close();
  }

  private Cid cid(int number) {
    return blocks.get(number).cid();
  }

  private void put(int number, ObtainableBlocks.Offer offer) {
    obtainable.put(blocks.get(number), offer);
  }

  @Test
  void aLostBlockIsOfferedAtOnceAndGiven() {
    put(0, ObtainableBlocks.Offer.NOW);
    stranger.send(host.id(), Want.have(cid(0), 1));
    Eventually.until("HAVE", () -> stranger.presences().contains(new Presence(cid(0), true)));
    assertThat(obtainable.obtained).as("only asked whether it is there").hasValue(0);
    stranger.send(host.id(), Want.block(cid(0), 1));
    Eventually.until("the block", () -> stranger.wasGiven(cid(0)));
    assertThat(stranger.presences()).containsExactly(new Presence(cid(0), true));
  }

  @Test
  void aBlockThatAnotherHasIsDeniedAndGivenWhenItIsStillWantedLater() {
    put(0, ObtainableBlocks.Offer.LATER);
    put(1, ObtainableBlocks.Offer.LATER);
    stranger.send(host.id(), Want.block(cid(0), 2), Want.have(cid(1), 1));
    Eventually.until("the block", () -> stranger.wasGiven(cid(0)));
    Eventually.until("HAVE", () -> stranger.presences().contains(new Presence(cid(1), true)));
    assertThat(stranger.presences())
        .containsExactly(
            new Presence(cid(0), false), new Presence(cid(1), false), new Presence(cid(1), true));
  }

  @Test
  void whatIsCancelledWhileItWaitsForOthersIsNotSent() {
    obtainable.gated = true; // so that a slow machine cannot answer before it reads the cancel
    put(0, ObtainableBlocks.Offer.LATER);
    put(1, ObtainableBlocks.Offer.LATER);
    stranger.send(host.id(), Want.block(cid(0), 2), Want.block(cid(1), 1));
    Eventually.until("denied", () -> stranger.presences().size() == 2);
    stranger.send(host.id(), Want.cancel(cid(0)));
    stranger.send(host.id(), Want.have(cid(39), 1));
    Eventually.until("the cancel was read", () -> stranger.presences().size() == 3);
    obtainable.gate.countDown();
    Eventually.until("the other block", () -> stranger.wasGiven(cid(1)));
    Eventually.until("nothing is obtained", () -> obtainable.underWay.get() == 0);
    assertThat(stranger.blocks()).hasSize(1);
  }

  @Test
  void aPeerThatGetsNothingElsewhereNoLongerWaits() {
    for (int i = 0; i < 6; i++) {
      put(i, ObtainableBlocks.Offer.LATER);
    }
    for (int i = 0; i < 5; i++) {
      stranger.send(host.id(), Want.block(cid(i), 1));
    }
    Eventually.until("five blocks", () -> stranger.blocks().size() == 5);
    stranger.send(host.id(), Want.block(cid(5), 1));
    Eventually.until("the sixth", () -> stranger.wasGiven(cid(5)));
    assertThat(stranger.presences()).doesNotContain(new Presence(cid(5), false));
  }

  @Test
  void blocksThatAreHereDoNotWaitForThoseThatAreObtained() {
    obtainable.gated = true;
    List<Block> lost = blocks.subList(0, 30);
    lost.forEach(block -> obtainable.put(block, ObtainableBlocks.Offer.NOW));
    local.put(blocks.get(35));
    stranger.send(host.id(), lost.stream().map(b -> Want.block(b.cid(), 9)).toArray(Want[]::new));
    stranger.send(host.id(), Want.block(cid(35), 1));
    Eventually.until("the local block", () -> stranger.wasGiven(cid(35)));
    assertThat(obtainable.obtained).hasValue(0);
    obtainable.gate.countDown();
    Eventually.until("all blocks", () -> stranger.blocks().size() == 31);
    assertThat(obtainable.mostUnderWay.get()).isBetween(1, Ledger.MAX_OBTAINING);
  }

  @Test
  void whatIsCancelledWhileItIsObtainedIsNotSent() {
    obtainable.gated = true;
    put(0, ObtainableBlocks.Offer.NOW);
    put(1, ObtainableBlocks.Offer.NOW);
    stranger.send(host.id(), Want.block(cid(0), 2), Want.block(cid(1), 1));
    Eventually.until("both under way", () -> obtainable.underWay.get() == 2);
    stranger.send(host.id(), Want.cancel(cid(0)));
    stranger.send(host.id(), Want.have(cid(39), 1));
    Eventually.until("the cancel was read", () -> stranger.presences().size() == 1);
    obtainable.gate.countDown();
    Eventually.until("the other block", () -> stranger.wasGiven(cid(1)));
    Eventually.until("both obtained", () -> obtainable.obtained.get() == 2);
    assertThat(stranger.blocks()).hasSize(1);
  }

  /** A client does not repeat a want that it has sent. */
  @Test
  void whatCannotBeObtainedJustNowIsTriedAgain() {
    put(0, ObtainableBlocks.Offer.NOW);
    obtainable.data.clear();
    put(1, ObtainableBlocks.Offer.NOT_NOW);
    stranger.send(host.id(), Want.block(cid(0), 2), Want.block(cid(1), 1));
    Eventually.until("both denied", () -> stranger.presences().size() == 2);
    put(0, ObtainableBlocks.Offer.NOW);
    put(1, ObtainableBlocks.Offer.NOW);
    Eventually.until("both blocks", () -> stranger.blocks().size() == 2);
  }

  @Test
  void whatIsCancelledIsNotTriedAgain() {
    put(0, ObtainableBlocks.Offer.NOT_NOW);
    put(1, ObtainableBlocks.Offer.NOT_NOW);
    stranger.send(host.id(), Want.block(cid(0), 2), Want.block(cid(1), 1));
    Eventually.until("both denied", () -> stranger.presences().size() == 2);
    stranger.send(host.id(), Want.cancel(cid(0)));
    stranger.send(host.id(), Want.have(cid(39), 1));
    Eventually.until("the cancel was read", () -> stranger.presences().size() == 3);
    put(0, ObtainableBlocks.Offer.NOW);
    put(1, ObtainableBlocks.Offer.NOW);
    Eventually.until("the other block", () -> stranger.wasGiven(cid(1)));
    assertThat(stranger.blocks()).hasSize(1);
  }

  @Test
  void whatCannotBeObtainedAfterAllIsDeniedAndGivenWhenItComes() {
    put(0, ObtainableBlocks.Offer.NOW);
    obtainable.data.clear();
    stranger.send(host.id(), Want.block(cid(0), 1));
    Eventually.until("denied", () -> stranger.presences().contains(new Presence(cid(0), false)));
    local.put(blocks.getFirst());
    server.stored(List.of(cid(0)));
    Eventually.until("the block", () -> stranger.wasGiven(cid(0)));
  }

  @Test
  void whatCanBeObtainedFromNowOnIsGivenToWhoWaitsForIt() {
    stranger.send(host.id(), Want.block(cid(0), 1));
    Eventually.until("denied", () -> stranger.presences().contains(new Presence(cid(0), false)));
    put(0, ObtainableBlocks.Offer.NOW);
    obtainable.told.accept(List.of(cid(0)));
    Eventually.until("the block", () -> stranger.wasGiven(cid(0)));
  }

  @Test
  void aStoredBlockThatCannotBeReadIsObtained() {
    put(0, ObtainableBlocks.Offer.NOW);
    local.damage(blocks.getFirst());
    stranger.send(host.id(), Want.block(cid(0), 1));
    Eventually.until("the block", () -> stranger.wasGiven(cid(0)));
  }

  @Test
  void aNodesClientGetsItAsAnyBlock() throws IOException {
    try (BitswapNode client = new BitswapNode(network, 3)) {
      network.connectAll();
      put(0, ObtainableBlocks.Offer.NOW);
      put(1, ObtainableBlocks.Offer.LATER);
      assertThat(client.fetch(cid(0))).hasValue(blocks.get(0).data());
      assertThat(client.fetch(cid(1))).hasValue(blocks.get(1).data());
    }
  }
}
