package io.ecluster.erasure;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockHasher;
import io.ecluster.ipld.UnixFs;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multihash;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Cuts a stream of blocks into coded groups. Blocks fill the d data columns cell by cell, in the
 * order in which they come; when every cell is full the stripe is coded and given to the sink, so
 * that one stripe is in memory whatever the file's size. The last stripe of a group is short more
 * often than not: its blocks are cut anew, evenly over the columns.
 *
 * <p>A block repeated within a group is placed once; blocks with an identity hash are not placed.
 * The same blocks, parameters and coding id give the same groups, byte for byte. Owned by one
 * thread at a time.
 */
public final class StripeAssembler {
  private final CodingId coding;
  private final CodeParameters parameters;
  private final GroupSink sink;
  private final StripeEncoder encoder;
  private final LongConsumer coded;
  private PendingGroup group;
  private PendingStripe stripe;
  private long fileOffset;

  public StripeAssembler(CodingId coding, CodeParameters parameters, GroupSink sink) {
    this(coding, parameters, sink, BlockHasher.SIDE_BY_SIDE, _ -> {});
  }

  /**
   * An assembler of one coding.
   *
   * @param coded told how many nanoseconds the coding of each stripe took, hashes of its parity
   *     included
   */
  public StripeAssembler(
      CodingId coding, CodeParameters parameters, GroupSink sink, LongConsumer coded) {
    this(coding, parameters, sink, BlockHasher.SIDE_BY_SIDE, coded);
  }

  /**
   * An assembler of one coding.
   *
   * @param hasher hashes the parity blocks
   */
  public StripeAssembler(
      CodingId coding, CodeParameters parameters, GroupSink sink, BlockHasher hasher) {
    this(coding, parameters, sink, hasher, _ -> {});
  }

  private StripeAssembler(
      CodingId coding,
      CodeParameters parameters,
      GroupSink sink,
      BlockHasher hasher,
      LongConsumer coded) {
    this.coded = coded;
    this.coding = coding;
    this.parameters = parameters;
    this.sink = sink;
    this.encoder =
        new StripeEncoder(
            ErasureCodes.of(parameters.dataShards(), parameters.parityShards()), hasher);
    this.group = new PendingGroup(coding, 0, 0, parameters);
    this.stripe = newStripe();
  }

  /** Adds a block whose file bytes are those of a raw or UnixFS leaf. */
  public void put(Block block) {
    put(block, UnixFs.fileBytesIn(block));
  }

  /**
   * Adds a block.
   *
   * @param fileBytes how many bytes of the file the block itself holds
   * @throws InvalidParametersException if it is larger than a shard may be
   * @throws FormatException if its hash is of a function we cannot compute, or it is larger than a
   *     block may be
   */
  public void put(Block block, long fileBytes) {
    Multihash hash = block.cid().hash();
    if (!hash.isIdentity()) {
      requireCodable(block);
      if (!group.holds(hash)) {
        place(block);
      }
    }
    fileOffset += fileBytes;
  }

  /** Codes and closes what is open. Nothing is put afterwards. */
  public void finish() {
    closeGroup();
  }

  private void place(Block block) {
    if (!stripe.hasCellFor(block)) {
      emit(stripe.full());
    }
    boolean stripeFits = !stripe.isEmpty() || group.hasRoomForStripe();
    if (!stripeFits || !group.hasRoomFor(block, stripe.longest())) {
      closeGroup();
    }
    stripe.add(block);
    group.place(block);
  }

  private void closeGroup() {
    if (!stripe.isEmpty()) {
      emit(stripe.cutEvenly());
    }
    if (!group.isEmpty()) {
      GroupNode node = group.toNode();
      sink.groupClosed(node, ShardNode.allOf(node));
    }
    group = new PendingGroup(coding, nextIndex(), fileOffset, parameters);
  }

  private int nextIndex() {
    return group.isEmpty() ? group.index() : group.index() + 1;
  }

  private void emit(List<List<Block>> dataCells) {
    List<List<Block>> columns = new ArrayList<>(dataCells);
    long start = System.nanoTime();
    columns.addAll(encoder.parity(dataCells));
    coded.accept(System.nanoTime() - start);
    int index = group.stripeCount();
    group.add(columns);
    stripe = newStripe();
    sink.stripe(new Stripe(group.index(), index, columns));
  }

  private PendingStripe newStripe() {
    return new PendingStripe(parameters.dataShards(), parameters.cellLimit());
  }

  private void requireCodable(Block block) {
    requireEntry(block);
    if (block.size() > parameters.shardSize()) {
      throw new InvalidParametersException(
          "shard size of %d bytes is below the %d bytes of block %s; use a larger shard size"
              .formatted(parameters.shardSize(), block.size(), block.cid()));
    }
  }

  /** A block that a group node cannot describe cannot be coded. */
  @SuppressWarnings("ReturnValueIgnored")
  private static void requireEntry(Block block) {
    CodedBlock.of(block);
  }
}
