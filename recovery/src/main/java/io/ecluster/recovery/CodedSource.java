package io.ecluster.recovery;

import io.ecluster.core.state.PinState;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.GroupEntry;
import io.ecluster.erasure.Manifest;
import io.ecluster.erasure.StripeDecoder;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.GroupCatalog.Located;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/**
 * Reads the blocks of one coded DAG: from the holder of their column, and when that fails or takes
 * long, rebuilt from other columns of their stripe. Every block is checked against its hash on the
 * way in. Used by one reader; fetches run on virtual threads.
 */
final class CodedSource implements Reading {
  private final Manifest manifest;
  private final GroupCatalog catalog;
  private final PinState state;
  private final HolderLinks links;
  private final IntConsumer degraded;

  /**
   * Blocks as their holders gave them. A rebuild waits for these alone: never for another rebuild.
   */
  private final BlockWindow held = new BlockWindow();

  /** Blocks however they were had. */
  private final BlockWindow wanted = new BlockWindow();

  /**
   * @param degraded told the number of a group when a block of it had to be rebuilt
   */
  CodedSource(
      Manifest manifest,
      GroupCatalog catalog,
      PinState state,
      HolderLinks links,
      IntConsumer degraded) {
    this.manifest = manifest;
    this.catalog = catalog;
    this.state = state;
    this.links = links;
    this.degraded = degraded;
  }

  @Override
  public byte[] get(Cid cid) {
    Located located =
        catalog
            .find(cid.hash())
            .orElseThrow(() -> new BlockNotFoundException(cid, "no group of the coding has it"));
    return BlockWindow.await(start(located));
  }

  @Override
  public void expect(List<Cid> next) {
    next.forEach(cid -> catalog.find(cid.hash()).ifPresent(this::start));
  }

  private CompletableFuture<byte[]> start(Located located) {
    CodedBlock block = blockAt(located);
    return wanted.start(block.hash(), () -> readOrRebuild(located, block));
  }

  private static CodedBlock blockAt(Located located) {
    return located
        .group()
        .stripes()
        .get(located.place().stripe())
        .cell(located.place().column())
        .get(located.place().position());
  }

  private byte[] readOrRebuild(Located located, CodedBlock block) {
    Optional<byte[]> direct = fromHolder(located.group().index(), located.place().column(), block);
    return direct.orElseGet(() -> rebuild(located));
  }

  private byte[] rebuild(Located located) {
    int group = located.group().index();
    degraded.accept(group);
    RacingReader reader =
        new RacingReader(
            column -> holder(group, column).map(links::isGone).orElse(true),
            (column, block) -> fromHolder(group, column, block));
    return new StripeDecoder(located.group(), reader).rebuild(located.place());
  }

  private Optional<byte[]> fromHolder(int group, int column, CodedBlock block) {
    CompletableFuture<byte[]> fetch =
        held.start(block.hash(), () -> readOnly(group, column, block));
    try {
      return Optional.of(BlockWindow.await(fetch));
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
    return holder.isEmpty() ? Optional.empty() : links.read(holder.get(), block.rawCid());
  }

  /** Who has a column, by the pin of its shard. */
  private Optional<PeerId> holder(int group, int column) {
    GroupEntry entry = manifest.groups().get(group);
    return entry
        .shards()
        .get(column)
        .flatMap(state::get)
        .flatMap(pin -> pin.allocations().stream().findFirst());
  }

  @Override
  public void close() {
    links.close();
  }
}
