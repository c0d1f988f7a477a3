package io.ecluster.service.observe;

import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.ipld.Block;
import io.ecluster.service.observe.Sampled.Sample;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Counts what is asked of the IPFS node. Names are the Go program's, but for the repository's. */
final class NodeMetrics {
  private final Counter pins;
  private final Counter pinErrors;
  private final Counter puts;
  private final Counter putErrors;
  private final Counter blocks;
  private final Counter blockBytes;
  private volatile Optional<Long> pinCount = Optional.empty();
  private volatile Optional<RepoStat> repo = Optional.empty();

  NodeMetrics(Registry registry) {
    pins = registry.counter("pins_pin_add", "Total number of IPFS pin requests");
    pinErrors = registry.counter("pins_pin_add_errors", "Total number of failed pin requests");
    puts = registry.counter("blocks_put", "Total number of blocks/put requests");
    putErrors = registry.counter("blocks_put_errors", "Total number of block/put errors");
    blocks = registry.counter("blocks_added", "Total number of blocks added");
    blockBytes = registry.counter("blocks_added_size", "Total size of blocks added in bytes");
    registry.gauges(
        "pins_ipfs_pins",
        "Number of items pinned on IPFS, as last listed",
        () -> pinCount.stream().map(count -> Sample.of(count)).toList());
    repository(registry, "repo_size_bytes", "Size of the IPFS repository", RepoStat::repoSize);
    repository(registry, "repo_max_bytes", "What it may grow to", RepoStat::storageMax);
    repository(
        registry,
        "informer_disk",
        "The metric value weight issued by disk informer",
        stat -> Math.max(0, stat.storageMax() - stat.repoSize()));
  }

  /** As last told to the other peers. */
  private void repository(
      Registry registry, String name, String help, ToLongFunction<RepoStat> value) {
    registry.gauges(
        name, help, () -> repo.stream().map(s -> Sample.of(value.applyAsLong(s))).toList());
  }

  void pinning(Runnable action) {
    pins.increment();
    counting(pinErrors, action);
  }

  void putting(Collection<Block> all, Runnable action) {
    puts.increment();
    counting(putErrors, action);
    blocks.add(all.size());
    blockBytes.add(all.stream().mapToLong(Block::size).sum());
  }

  private static void counting(Counter errors, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      errors.increment();
      throw e;
    }
  }

  void listed(long count) {
    pinCount = Optional.of(count);
  }

  void told(RepoStat stat) {
    repo = Optional.of(stat);
  }
}
