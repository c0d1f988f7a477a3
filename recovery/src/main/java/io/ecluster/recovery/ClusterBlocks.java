package io.ecluster.recovery;

import io.ecluster.core.cluster.WaitInterruptedException;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.erasure.ManifestReader;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * Blocks by CID, wherever they are, and rebuilt if they are lost: single ones, and whole reads.
 * What was rebuilt is kept for all readers, within a bound.
 */
public final class ClusterBlocks implements AutoCloseable {
  /** What of the rebuilt blocks is kept, unless set otherwise. */
  public static final long STANDARD_CACHE_BYTES = 32L << 20;

  /** Single blocks that are read at a time; more would only make all of them late. */
  private static final int MAX_SINGLES = 64;

  /** Of a block that its coding's root is known of, but not its place. */
  static final int ANYWHERE = -1;

  private final CodedReader.Parts parts;
  private final BlockIndex index;
  private final ManifestReader manifests;
  private final OpenCodings codings;
  private final BlockCache rebuilt;
  private final CodedSource.Parts shared;
  private final ClusterReading singles;
  private final Semaphore atATime = new Semaphore(MAX_SINGLES);

  /** Without an index: blocks of a coding are found by who reads from its root. */
  public ClusterBlocks(CodedReader.Parts parts, long cacheBytes) {
    this(parts, BlockIndex.NONE, cacheBytes);
  }

  /**
   * @param cacheBytes how much of what was rebuilt is kept
   */
  public ClusterBlocks(CodedReader.Parts parts, CodedIndex index, long cacheBytes) {
    this(parts, (BlockIndex) index, cacheBytes);
  }

  ClusterBlocks(CodedReader.Parts parts, BlockIndex index, long cacheBytes) {
    this.parts = parts;
    this.index = index;
    this.manifests =
        new ManifestReader(new NodeSource(parts.ipfs(), parts.blocks(), parts.peers()));
    this.codings = new OpenCodings(manifests, index);
    this.rebuilt = new BlockCache(cacheBytes);
    this.shared = source(links(), BlockWindow.shared());
    this.singles = reading(shared, BlockWindow.shared(), Optional.empty(), false);
  }

  private HolderLinks links() {
    return new HolderLinks(parts.rpc(), parts.peers(), parts.ipfs());
  }

  private CodedSource.Parts source(HolderLinks links, BlockWindow held) {
    return new CodedSource.Parts(
        parts.state(), links, held, rebuilt, parts.degraded(), parts.watch());
  }

  private ClusterReading reading(
      CodedSource.Parts source,
      BlockWindow wanted,
      Optional<OpenCodings.Coding> first,
      boolean follows) {
    return new ClusterReading(
        codings, this::places, parts.ipfs(), parts.plainTimeout(), source, wanted, first, follows);
  }

  /**
   * One block: from the own node, rebuilt if it belongs to a coding, or from the IPFS network.
   *
   * @return nothing if nobody has it
   * @throws io.ecluster.erasure.ErasureException if it belongs to a coding of which too much is
   *     lost
   */
  public Optional<byte[]> get(Cid cid) {
    try {
      atATime.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    }
    try {
      return Optional.of(singles.get(cid));
    } catch (BlockNotFoundException e) {
      return Optional.empty();
    } finally {
      atATime.release();
    }
  }

  /**
   * The blocks below a CID, one by one, and read ahead: a coded root, anything inside a coded DAG,
   * or anything else.
   *
   * @throws BlockNotFoundException if it is coded and its manifest cannot be had
   */
  public Reading read(Cid cid) {
    return read(cid, Set.of());
  }

  /**
   * As {@link #read(Cid)}.
   *
   * @param gone holders that need not be asked
   */
  Reading read(Cid cid, Set<PeerId> gone) {
    Optional<OpenCodings.Coding> coding = manifestRoot(cid).map(codings::open);
    HolderLinks links = links();
    gone.forEach(links::markGone);
    return reading(source(links, BlockWindow.ofRead()), BlockWindow.ofRead(), coding, true);
  }

  /** Where a block may be in codings. A coded root is known before the index knows it. */
  List<BlockIndex.Place> places(Cid cid) {
    List<BlockIndex.Place> places = index.find(cid.hash());
    return places.isEmpty()
        ? manifestRoot(cid)
            .map(manifest -> new BlockIndex.Place(cid, manifest, ANYWHERE, ANYWHERE))
            .stream()
            .toList()
        : places;
  }

  /** The manifest of a coded pin, if this is one. */
  Optional<Cid> manifestRoot(Cid cid) {
    Optional<Pin> coded = parts.state().get(cid).filter(pin -> pin.type() == PinType.META);
    return coded.map(pin ->
        pin.reference()
            .orElseThrow(() -> new BlockNotFoundException(cid, "its pin names no manifest")));
  }

  CodedReader.Parts parts() {
    return parts;
  }

  /** The manifests' and groups' own blocks. */
  ManifestReader manifests() {
    return manifests;
  }

  OpenCodings codings() {
    return codings;
  }

  /** For looking at holders, and reading single blocks. */
  CodedSource source(OpenCodings.Coding coding) {
    return new CodedSource(coding, shared);
  }

  /** Whether a peer was found not to answer when it was asked for a block. */
  boolean isGone(PeerId peer) {
    return shared.links().isGone(peer);
  }

  /** A block of a coding that the index names; nothing if it names none. */
  Optional<byte[]> coded(Cid cid) {
    return singles.coded(cid);
  }

  long cachedBytes() {
    return rebuilt.bytes();
  }

  @Override
  public void close() {
    shared.links().close();
  }
}
