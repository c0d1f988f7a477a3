package io.ecluster.recovery;

import io.ecluster.core.cluster.Sleeper;
import io.ecluster.erasure.ErasureException;
import io.ecluster.ipfs.bitswap.ObtainableBlocks;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.GroupCache.Located;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks of coded pins for those who ask by bitswap. One whose holder is gone is rebuilt at once;
 * one whose holder lives the asker had better get there, and gets here if that does not happen: the
 * holder may have lost it. What is not in a coding costs a look into the index. Nodes that belong
 * to no member share a budget.
 */
public final class CodedOffers implements ObtainableBlocks {
  /** Blocks obtained at a time for all: each takes up to d + 1 blocks of memory. */
  private static final int MAX_AT_A_TIME = 16;

  /** A manifest that takes longer to come is fetched while the asker waits for its late answer. */
  private static final Duration OPENING = Duration.ofMillis(250);

  private static final Logger LOG = LoggerFactory.getLogger(CodedOffers.class);

  private final ClusterBlocks blocks;
  private final Predicate<PeerId> own;
  private final RateBudget budget;
  private final Semaphore atATime = new Semaphore(MAX_AT_A_TIME, true);

  /**
   * @param own whether an IPFS node is one of the cluster's members
   * @param othersBytesPerSecond what all other nodes together may have obtained
   * @param sleeper {@code Thread::sleep} outside of tests
   */
  public CodedOffers(
      ClusterBlocks blocks,
      Predicate<PeerId> own,
      long othersBytesPerSecond,
      InstantSource clock,
      Sleeper sleeper) {
    this.blocks = blocks;
    this.own = own;
    this.budget = new RateBudget(othersBytesPerSecond, clock, sleeper);
  }

  @Override
  public Offer offer(PeerId peer, Cid cid) {
    List<BlockIndex.Place> places = blocks.places(cid);
    if (places.isEmpty()) {
      return Offer.NONE;
    }
    Set<PeerId> there = new HashSet<>(blocks.parts().peers().live());
    there.removeIf(blocks::isGone);
    Set<Offer> offers = EnumSet.noneOf(Offer.class);
    places.forEach(place -> offers.add(offer(place, cid, there)));
    return Stream.of(Offer.LATER, Offer.NOW, Offer.NOT_NOW)
        .filter(offers::contains)
        .findFirst()
        .orElse(Offer.NONE);
  }

  private Offer offer(BlockIndex.Place place, Cid cid, Set<PeerId> there) {
    try {
      OpenCodings.Coding coding =
          blocks.codings().start(place.manifest()).get(OPENING.toNanos(), TimeUnit.NANOSECONDS);
      return offer(coding, place, cid, there);
    } catch (TimeoutException e) {
      return Offer.LATER;
    } catch (ExecutionException e) {
      LOG.debug("{} is not offered: {}", cid, e.getMessage());
      return Offer.NOT_NOW;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Offer.NONE;
    }
  }

  private Offer offer(
      OpenCodings.Coding coding, BlockIndex.Place place, Cid cid, Set<PeerId> there) {
    CodedSource source = blocks.source(coding);
    int group = place.group();
    int column = place.column();
    if (group == ClusterBlocks.ANYWHERE) {
      Optional<Located> located = source.find(cid.hash());
      if (located.isEmpty()) {
        return Offer.NONE;
      }
      group = located.get().group().index();
      column = located.get().place().column();
    }
    if (!source.has(group, column)) {
      return Offer.NONE;
    }
    Optional<PeerId> holder = source.holder(group, column);
    PeerId self = blocks.parts().peers().self();
    if (holder.filter(peer -> !peer.equals(self) && there.contains(peer)).isPresent()) {
      return Offer.LATER;
    }
    return source.isReadable(group, there::contains) ? Offer.NOW : Offer.NOT_NOW;
  }

  @Override
  public Optional<byte[]> obtain(PeerId peer, Cid cid) throws InterruptedException {
    boolean stranger = !own.test(peer);
    if (stranger) {
      budget.await();
    }
    atATime.acquire();
    try {
      Optional<byte[]> block = blocks.coded(cid);
      if (stranger) {
        budget.spend(block.map(data -> data.length).orElse(0));
      }
      return block;
    } catch (BlockNotFoundException | ErasureException | FormatException e) {
      LOG.debug("{} cannot be given to {}: {}", cid, peer, e.getMessage());
      return Optional.empty();
    } finally {
      atATime.release();
    }
  }
}
