package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipld.Block;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** Does work on many blocks in two halves at once, when there is enough of it. */
final class InTwo {
  /** Below this a second thread costs more than it saves. */
  private static final long MIN_BYTES = 1L << 20;

  private InTwo() {}

  /** Returns when both halves are done; fails as the first half that failed. */
  static void run(Collection<Block> blocks, Consumer<List<Block>> work) {
    List<Block> all = List.copyOf(blocks);
    int middle = all.size() / 2;
    if (middle == 0 || bytes(all) < MIN_BYTES) {
      work.accept(all);
      return;
    }
    FutureTask<Boolean> other =
        new FutureTask<>(() -> work.accept(all.subList(0, middle)), Boolean.TRUE);
    Thread.startVirtualThread(other);
    try {
      work.accept(all.subList(middle, all.size()));
      other.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IpfsException("interrupted while storing blocks", e);
    } finally {
      other.cancel(true);
    }
  }

  private static long bytes(List<Block> blocks) {
    return blocks.stream().mapToLong(Block::size).sum();
  }
}
