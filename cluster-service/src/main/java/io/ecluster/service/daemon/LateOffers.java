package io.ecluster.service.daemon;

import io.ecluster.ipfs.bitswap.ObtainableBlocks;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Consumer;

/** What other IPFS nodes may have of coded pins: nothing until the cluster is there. */
final class LateOffers implements ObtainableBlocks {
  private volatile ObtainableBlocks offers = NONE;
  private volatile Consumer<Collection<Cid>> told = _ -> {};

  void set(ObtainableBlocks made) {
    offers = made;
  }

  /** These may be had from now on. */
  void more(Collection<Cid> cids) {
    told.accept(cids);
  }

  @Override
  public void whenMore(Consumer<Collection<Cid>> listener) {
    told = listener;
  }

  @Override
  public Offer offer(PeerId peer, Cid cid) {
    return offers.offer(peer, cid);
  }

  @Override
  public Optional<byte[]> obtain(PeerId peer, Cid cid) throws InterruptedException {
    return offers.obtain(peer, cid);
  }
}
