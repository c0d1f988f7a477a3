package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes and number of stored blocks. No index is kept on disk that could be wrong after a crash:
 * the folders found at open are counted once, in the background, and changes are followed from
 * there. Each folder is counted, and changes in it are reported, under that folder's lock, so that
 * a change is seen once: by the count or by the report.
 */
final class StoreSize {
  private final Set<String> uncounted = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong blocks = new AtomicLong();
  private final CountDownLatch done = new CountDownLatch(1);

  StoreSize(Collection<String> foldersFound) {
    uncounted.addAll(foldersFound);
  }

  void changed(String folder, long moreBytes, int moreBlocks) {
    if (!uncounted.contains(folder)) {
      bytes.addAndGet(moreBytes);
      blocks.addAndGet(moreBlocks);
    }
  }

  void counted(String folder, long itsBytes, long itsBlocks) {
    if (uncounted.remove(folder)) {
      bytes.addAndGet(itsBytes);
      blocks.addAndGet(itsBlocks);
    }
  }

  void countedAll() {
    done.countDown();
  }

  /** Bytes known of so far: too few until the count is done. */
  long bytesSoFar() {
    return bytes.get();
  }

  /** Bytes of all blocks; waits for the count. */
  long bytes() {
    await();
    return bytes.get();
  }

  /** Number of all blocks; waits for the count. */
  long blocks() {
    await();
    return blocks.get();
  }

  private void await() {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpfsException("interrupted while the block store was being counted", e);
    }
  }
}
