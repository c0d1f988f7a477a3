package io.ecluster.recovery;

import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.state.PinState;
import io.ecluster.erasure.Manifest;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens files and folders, coded or not, for reading. */
public final class CodedReader {
  private static final Logger LOG = LoggerFactory.getLogger(CodedReader.class);

  private final ClusterBlocks blocks;

  public CodedReader(ClusterBlocks blocks) {
    this.blocks = blocks;
  }

  /** A reader without an index: what is inside a coding is read from the coding's root only. */
  public CodedReader(Parts parts) {
    this(new ClusterBlocks(parts, ClusterBlocks.STANDARD_CACHE_BYTES));
  }

  /**
   * What reading needs.
   *
   * @param plainTimeout how long a block of a DAG that is not coded may take to be found
   * @param degraded told of a coded root and the number of a group of which a block was rebuilt
   */
  public record Parts(
      PinState state,
      IpfsNode ipfs,
      Rpc rpc,
      PeerBlocks blocks,
      Peers peers,
      Duration plainTimeout,
      BiConsumer<Cid, Integer> degraded,
      RecoveryWatch watch) {
    /** Parts of which nobody counts what they do. */
    public Parts(
        PinState state,
        IpfsNode ipfs,
        Rpc rpc,
        PeerBlocks blocks,
        Peers peers,
        Duration plainTimeout,
        BiConsumer<Cid, Integer> degraded) {
      this(state, ipfs, rpc, blocks, peers, plainTimeout, degraded, RecoveryWatch.NONE);
    }
  }

  /**
   * Opens what is under a CID: rebuilding what is lost if it is coded, plainly through the IPFS
   * node if not.
   *
   * @throws BlockNotFoundException if its root cannot be had
   * @throws io.ecluster.erasure.ErasureException if too many shards are lost of any part of it
   */
  public Content open(Cid cid) {
    return open(cid, true);
  }

  /**
   * Opens what is under a CID for reading a part of it.
   *
   * @throws BlockNotFoundException if its root cannot be had
   * @throws io.ecluster.erasure.ErasureException if too many shards are lost to read its root;
   *     reading what cannot be rebuilt throws it then
   */
  public Content openForRange(Cid cid) {
    return open(cid, false);
  }

  private Content open(Cid cid, boolean whole) {
    Reading reading = reading(cid, whole);
    try {
      return new Content(cid, UnixFsNode.open(cid, reading), reading);
    } catch (RuntimeException e) {
      reading.close();
      throw e;
    }
  }

  /** See {@link ClusterBlocks#read(Cid)}. */
  public Reading read(Cid cid) {
    return blocks.read(cid);
  }

  private Reading reading(Cid cid, boolean whole) {
    Optional<Cid> manifest = whole ? blocks.manifestRoot(cid) : Optional.empty();
    return blocks.read(cid, manifest.map(this::goneHolders).orElse(Set.of()));
  }

  private Set<PeerId> goneHolders(Cid manifest) {
    Parts parts = blocks.parts();
    return new Preflight(blocks.codings().open(manifest).manifest(), parts.state(), parts.peers())
        .requireReadable();
  }

  /**
   * The manifest of a coded pin.
   *
   * @throws BlockNotFoundException if no live peer has it
   */
  public Manifest manifest(Pin meta) {
    Cid root =
        meta.reference()
            .orElseThrow(() -> new BlockNotFoundException(meta.cid(), "its pin names no manifest"));
    return blocks.manifests().read(root);
  }

  /**
   * The manifest pin and the shard pins of a coded pin; nothing when its manifest cannot be read.
   */
  public List<Cid> partsOf(Pin meta) {
    try {
      List<Cid> parts = new ArrayList<>();
      meta.reference().ifPresent(parts::add);
      manifest(meta).groups().stream()
          .flatMap(group -> group.shards().stream())
          .flatMap(Optional::stream)
          .forEach(parts::add);
      return List.copyOf(parts);
    } catch (BlockNotFoundException | FormatException e) {
      LOG.warn(
          "the manifest of {} cannot be read, its shards are left to the sweep: {}",
          meta.cid(),
          e.getMessage());
      return List.of();
    }
  }
}
