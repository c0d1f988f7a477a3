package io.ecluster.ipfs;

import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The narrow port to an IPFS node. Every method may block and throws {@link IpfsException} when the
 * node fails.
 */
public interface IpfsNode extends AutoCloseable {
  /** Who the node is, and where it can be dialled. */
  NodeId id();

  /**
   * Pins, fetching what is missing. Returns when all of it is stored.
   *
   * @param origins peers to connect to first, as {@code /p2p} addresses
   * @throws IpfsException if blocks cannot be fetched; fails only after no progress for the node's
   *     pin timeout
   */
  void pin(Cid cid, PinMode mode, Collection<Multiaddr> origins);

  /**
   * Pins a DAG recursively that shares much with {@code from}, which is pinned so and stays. A node
   * that keeps no account of what is below a pin walks all of it.
   */
  default void update(Cid from, Cid to) {
    pin(to, PinMode.RECURSIVE, List.of());
  }

  /** Unpins; a CID that is not pinned is no error. */
  void unpin(Cid cid);

  /** How a CID is pinned at the top level, if it is. */
  Optional<PinMode> pinned(Cid cid);

  /** Streams all top-level pins. */
  void pins(Consumer<PinnedCid> each);

  /**
   * Stores blocks; when it returns they survive a killed process. They are checked against their
   * CIDs first.
   */
  void put(Collection<Block> blocks);

  /**
   * Refuses a block that is too large for any node.
   *
   * @throws IpfsException if it is
   */
  static void requireSize(Block block) {
    if (block.size() > Block.MAX_BYTES) {
      throw new IpfsException(
          "refused to store block %s of %d bytes: a block has at most %d"
              .formatted(block.cid(), block.size(), Block.MAX_BYTES));
    }
  }

  /** A block from the local store only, checked against its CID. */
  Optional<byte[]> getLocal(Cid cid);

  /** Size in bytes of a block in the local store. Nodes that know it without reading say so. */
  default Optional<Integer> localSize(Cid cid) {
    return getLocal(cid).map(data -> data.length);
  }

  /** A block from the local store or from the network. Empty when it did not come in time. */
  Optional<byte[]> get(Cid cid, Duration timeout);

  boolean has(Cid cid);

  RepoStat repoStat();

  /**
   * Deletes every block that no pin keeps and no add in progress protects; tells of each removed.
   *
   * @throws IpfsException before anything is deleted if a node with links, below a recursive pin,
   *     is lost: what lies below it cannot be told from garbage. A lost leaf does no harm
   */
  void gc(Consumer<Cid> removed);

  /** Protects blocks put from now on from GC until closed; adds hold one. */
  AddGuard guard();

  /** The CID at the end of a path such as {@code /ipfs/CID/a/b}. */
  Cid resolve(String path);

  List<PeerId> swarmPeers();

  void swarmConnect(Multiaddr address);

  /** Ends all connections to a peer; that there is none is no error. */
  void swarmDisconnect(PeerId peer);

  @Override
  void close();

  /** Identity and addresses of the node. */
  record NodeId(PeerId id, List<Multiaddr> addresses) {}

  /** One top-level pin. */
  record PinnedCid(Cid cid, PinMode mode) {}

  /** Sizes in bytes. */
  record RepoStat(long repoSize, long storageMax) {}

  /** How much below a CID a pin keeps. */
  enum PinMode {
    RECURSIVE,
    DIRECT
  }

  /** Keeps recently put blocks from GC until it is closed. */
  interface AddGuard extends AutoCloseable {
    @Override
    void close();
  }
}
