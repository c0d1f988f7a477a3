package io.ecluster.recovery;

import io.ecluster.core.state.PinState;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.GroupEntry;
import io.ecluster.erasure.StripeDecoder;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.GroupCache.Located;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Gives the blocks of one coding: from the holder of their column, and when that fails or takes
 * long, rebuilt from other columns of their stripe. Every block is checked against its hash on the
 * way in. It owns nothing: its parts are those of a read, or shared by all who ask for single
 * blocks.
 */
final class CodedSource {
  private final OpenCodings.Coding coding;
  private final Parts parts;

  /**
   * What a source works with; all safe for use by many threads.
   *
   * @param held blocks as their holders gave them; a rebuild waits for these alone, never for
   *     another rebuild
   * @param rebuilt what was rebuilt, whoever wanted it
   * @param degraded told of a coded root and the number of a group when a block of it had to be
   *     rebuilt
   */
  record Parts(
      PinState state,
      HolderLinks links,
      BlockWindow held,
      BlockCache rebuilt,
      BiConsumer<Cid, Integer> degraded,
      RecoveryWatch watch) {}

  CodedSource(OpenCodings.Coding coding, Parts parts) {
    this.coding = coding;
    this.parts = parts;
  }

  /** Where a block of the coding is. */
  Optional<Located> find(Multihash hash) {
    return coding.catalog().find(hash);
  }

  /**
   * A block of the coding, as soon as it can be had.
   *
   * @throws io.ecluster.erasure.ErasureException if too much of its stripe is lost
   */
  byte[] read(Located located) {
    CodedBlock block = blockAt(located);
    return parts
        .rebuilt()
        .find(block.hash())
        .or(() -> fromHolder(located.group().index(), located.place().column(), block))
        .orElseGet(() -> parts.rebuilt().get(block.hash(), () -> rebuild(located)));
  }

  static CodedBlock blockAt(Located located) {
    return located
        .group()
        .stripes()
        .get(located.place().stripe())
        .cell(located.place().column())
        .get(located.place().position());
  }

  private byte[] rebuild(Located located) {
    int group = located.group().index();
    parts.degraded().accept(coding.manifest().root(), group);
    RacingReader reader =
        new RacingReader(
            column -> isGone(group, column),
            column -> holder(group, column).map(parts.links()::isLost).orElse(true),
            (column, block) -> fromHolder(group, column, block));
    long start = System.nanoTime();
    byte[] block = new StripeDecoder(located.group(), reader).rebuild(located.place());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    parts.watch().stripe(RecoveryWatch.Work.READ, took, block.length);
    return block;
  }

  private boolean isGone(int group, int column) {
    return holder(group, column).map(parts.links()::isGone).orElse(true);
  }

  private Optional<byte[]> fromHolder(int group, int column, CodedBlock block) {
    CompletableFuture<byte[]> fetch =
        parts.held().start(block.hash(), () -> readOnly(group, column, block));
    try {
      return Optional.of(SingleFlight.await(fetch));
    } catch (BlockNotFoundException e) {
      return Optional.empty();
    }
  }

  private byte[] readOnly(int group, int column, CodedBlock block) throws InterruptedException {
    return readColumn(group, column, block)
        .orElseThrow(() -> new BlockNotFoundException(block.rawCid(), "its holder lacks it"));
  }

  private Optional<byte[]> readColumn(int group, int column, CodedBlock block)
      throws InterruptedException {
    Optional<PeerId> holder = holder(group, column);
    return holder.isEmpty() ? Optional.empty() : parts.links().read(holder.get(), block.rawCid());
  }

  /** Whether there is such a column in such a group. */
  boolean has(int group, int column) {
    List<GroupEntry> groups = coding.manifest().groups();
    return group < groups.size() && column < groups.get(group).shards().size();
  }

  /** Who has a column, by the pin of its shard. */
  Optional<PeerId> holder(int group, int column) {
    GroupEntry entry = coding.manifest().groups().get(group);
    return entry
        .shards()
        .get(column)
        .flatMap(parts.state()::get)
        .flatMap(pin -> pin.allocations().stream().findFirst());
  }

  /** Whether a block of the group that is lost can be rebuilt from what these peers hold. */
  boolean isReadable(int group, Predicate<PeerId> there) {
    List<Optional<Cid>> shards = coding.manifest().groups().get(group).shards();
    long readable =
        IntStream.range(0, shards.size())
            .filter(column ->
                shards.get(column).isEmpty() || holder(group, column).filter(there).isPresent())
            .count();
    return readable >= coding.manifest().parameters().dataShards();
  }
}
