package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Blocks that are not in the local store and can be had all the same, at a price: rebuilt, or
 * fetched from elsewhere. A server asks for them only when the local store lacks a block.
 */
public interface ObtainableBlocks {
  /** A server with these gives away what its store has, and nothing else. */
  ObtainableBlocks NONE =
      new ObtainableBlocks() {
        @Override
        public Offer offer(PeerId peer, Cid cid) {
          return Offer.NONE;
        }

        @Override
        public Optional<byte[]> obtain(PeerId peer, Cid cid) {
          return Optional.empty();
        }
      };

  /** What can be done about a block. */
  enum Offer {
    /** Nothing. */
    NONE,
    /** Nothing just now: too many of those that are needed do not answer. */
    NOT_NOW,
    /** Somebody else has it, to whom the peer had better go; if it does not, we obtain it. */
    LATER,
    /** It is lost everywhere, and we can obtain it. */
    NOW
  }

  /** Whether a peer that asks for a block can be given it. Is asked for many; must be quick. */
  Offer offer(PeerId peer, Cid cid);

  /**
   * The block, checked. May take long, and waits when the peer has had its share.
   *
   * @return nothing if it cannot be had after all
   */
  Optional<byte[]> obtain(PeerId peer, Cid cid) throws InterruptedException;

  /** Has somebody told of blocks that can be obtained from then on: they may be waited for. */
  default void whenMore(Consumer<Collection<Cid>> listener) {}
}
