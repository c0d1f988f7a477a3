package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Fetches blocks from connected peers. */
public interface BlockExchange extends AutoCloseable {
  /** One block, checked against its CID; empty if nobody sent it in time. */
  Optional<byte[]> fetch(Cid cid, Duration timeout);

  /**
   * Many blocks at once; each is given to {@code each} as it arrives, checked, on the caller's
   * thread. What {@code each} throws ends the fetch, as does interrupting the thread.
   *
   * @param stall gives up when nothing at all arrived for this long
   * @return those that did not come
   */
  Collection<Cid> fetch(Collection<Cid> cids, Duration stall, BiConsumer<Cid, byte[]> each);

  /** To be called when blocks have been stored here: peers that asked in vain get them now. */
  void stored(Collection<Cid> cids);

  @Override
  void close();
}
