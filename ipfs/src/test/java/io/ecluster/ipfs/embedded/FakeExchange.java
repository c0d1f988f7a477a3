package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.bitswap.BlockExchange;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/** Gives the blocks it was told of at once; says that others did not come without waiting. */
final class FakeExchange implements BlockExchange {
  final Map<Multihash, byte[]> offered = new ConcurrentHashMap<>();
  final List<Cid> asked = new CopyOnWriteArrayList<>();
  final List<Cid> told = new CopyOnWriteArrayList<>();
  final CountDownLatch called = new CountDownLatch(1);

  /** Fetches wait for this. */
  volatile CountDownLatch gate = new CountDownLatch(0);

  volatile boolean closed;
  volatile int largestRequest;

  void offer(Collection<Block> blocks) {
    blocks.forEach(block -> offered.put(block.cid().hash(), block.data()));
  }

  @Override
  public Optional<byte[]> fetch(Cid cid, Duration timeout) {
    asked.add(cid);
    return Optional.ofNullable(offered.get(cid.hash()));
  }

  @Override
  public Collection<Cid> fetch(Collection<Cid> cids, Duration stall, BiConsumer<Cid, byte[]> each) {
    called.countDown();
    largestRequest = Math.max(largestRequest, cids.size());
    List<Cid> absent = new ArrayList<>();
    try {
      gate.await();
      for (Cid cid : cids) {
        fetch(cid, stall).ifPresentOrElse(data -> each.accept(cid, data), () -> absent.add(cid));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return cids;
    }
    return absent;
  }

  @Override
  public void stored(Collection<Cid> cids) {
    told.addAll(cids);
  }

  @Override
  public void close() {
    closed = true;
  }
}
