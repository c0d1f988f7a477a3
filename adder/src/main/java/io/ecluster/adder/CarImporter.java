package io.ecluster.adder;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockLinks;
import io.ecluster.ipld.BlockSink;
import io.ecluster.ipld.CarReader;
import io.ecluster.ipld.UnixFs;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Takes the blocks of a CAR as they are and as they come, one at a time, each checked against its
 * CID. The root is the one that the CAR's header names. Blocks with an identity hash are checked,
 * but not handed on: their CIDs carry them. Blocks that the root does not lead to are stored as the
 * others are.
 *
 * <p>A CAR that is copied may lack blocks: peers fetch them. One that is coded may not, for what is
 * not coded could not be read.
 */
final class CarImporter implements Importer {
  /** Each is a stream of its own to each holder; no DAG that we know of has more than two. */
  static final int MAX_HASH_FUNCTIONS = 4;

  private static final Set<Long> CODECS =
      Set.of(Multicodec.RAW, Multicodec.DAG_PB, Multicodec.DAG_CBOR);

  private final BlockSink sink;
  private final Supplier<List<PeerId>> allocations;
  private final Optional<DagGaps> gaps;
  private final Set<Long> hashFunctions = new HashSet<>();
  private long rootSize;
  private long blockBytes;
  private long leafBytes;

  /**
   * @param whole whether a CAR that lacks a block is refused
   */
  CarImporter(boolean whole, BlockSink sink, Supplier<List<PeerId>> allocations) {
    this.gaps = whole ? Optional.of(new DagGaps()) : Optional.empty();
    this.sink = sink;
    this.allocations = allocations;
  }

  /** Imports the first entry; as Go does, what follows is read over. */
  @Override
  public AddEvent importAll(Iterator<AddEntry> entries) {
    if (!entries.hasNext()) {
      throw new IllegalArgumentException("nothing to add: the request carries no CAR");
    }
    if (!(entries.next() instanceof AddEntry.File file)) {
      throw new IllegalArgumentException("expected CAR file is not of type file");
    }
    Cid root = importFile(file);
    gaps.ifPresent(it -> it.requireNone(root));
    while (entries.hasNext()) {
      entries.next();
    }
    return new AddEvent(
        file.path(), Optional.of(root), blockBytes, rootSize, allocations.get(), Optional.empty());
  }

  /** Of a file its size; of anything else what the leaves add up to, each counted once. */
  @Override
  public long fileBytes() {
    return rootSize > 0 ? rootSize : leafBytes;
  }

  private Cid importFile(AddEntry.File file) {
    try {
      CarReader car = new CarReader(file.content());
      Cid root = onlyRoot(car.roots());
      for (Optional<Block> next = car.next(); next.isPresent(); next = car.next()) {
        add(root, next.get());
      }
      file.content().transferTo(OutputStream.nullOutputStream()); // an index may follow
      return root;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the CAR %s cannot be read to its end: %s".formatted(file.path(), e.getMessage()), e);
    }
  }

  private static Cid onlyRoot(List<Cid> roots) {
    if (roots.size() != 1) {
      throw new FormatException(
          "only CAR files with a single root are supported; this one has " + roots.size());
    }
    return roots.getFirst();
  }

  private void add(Cid root, Block block) {
    requireKnown(block.cid());
    List<Cid> links = BlockLinks.of(block.cid(), block.data());
    gaps.ifPresent(it -> it.add(block.cid(), links));
    blockBytes += block.size();
    if (block.cid().equals(root)) {
      rootSize = UnixFs.of(block).map(UnixFs::sizeOrZero).orElse(0L);
    }
    if (!block.cid().hash().isIdentity()) {
      leafBytes += UnixFs.fileBytesIn(block);
      sink.put(block);
    }
  }

  private void requireKnown(Cid cid) {
    if (!CODECS.contains(cid.codec())) {
      throw new FormatException(
          "%s has codec 0x%x; a CAR may hold blocks of dag-pb, raw and dag-cbor"
              .formatted(cid, cid.codec()));
    }
    if (!cid.hash().isIdentity()
        && hashFunctions.add(cid.hash().code())
        && hashFunctions.size() > MAX_HASH_FUNCTIONS) {
      throw new FormatException(
          "the blocks of the CAR are hashed by more than " + MAX_HASH_FUNCTIONS + " functions");
    }
  }
}
