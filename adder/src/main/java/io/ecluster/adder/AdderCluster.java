package io.ecluster.adder;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/** What adding needs of the cluster. */
public interface AdderCluster {
  PeerId self();

  /** Peers that are there now, oneself included. */
  List<PeerId> livePeers();

  /** The peers that shall hold a replicated pin; never empty. */
  List<PeerId> allocate(PinOptions options);

  /**
   * Holders for shards of a group.
   *
   * @throws io.ecluster.core.cluster.NotEnoughPeersException if there are too few
   */
  Placed place(GroupRequest request);

  /**
   * Opens a stream of blocks to a peer.
   *
   * @throws RuntimeException if it cannot be reached
   */
  Upload upload(PeerId peer);

  /**
   * Blocks that a peer has, checked; those it lacks, or all if it cannot be reached, are missing.
   */
  Map<Cid, byte[]> read(PeerId peer, Collection<Cid> cids);

  void commit(List<PinChange> changes);

  /** Pins as a user would, with all checks. */
  Pin pin(Pin pin);

  Optional<Pin> pinned(Cid cid);

  /**
   * A peer's word that it has stored and pinned these; false if it fails or does not say so in
   * time.
   */
  boolean awaitPinned(PeerId peer, List<Cid> cids, Duration timeout);

  /** Whether a peer knows of a pin, within a time. */
  boolean awaitKnown(PeerId peer, Cid cid, Duration timeout);

  /** The manifest and shard pins of a coded pin. */
  List<Cid> partsOf(Pin meta);

  /** Whether all groups of a coded pin are at full margin. */
  boolean isHealthy(Pin meta);

  /**
   * Shards that want holders.
   *
   * @param siblings columns placed already
   * @param excluded peers that failed
   */
  record GroupRequest(
      int group,
      List<Integer> columns,
      Map<Integer, PeerId> siblings,
      int parityShards,
      Set<PeerId> excluded,
      boolean allowShared,
      long bytesPerColumn) {}

  /**
   * Where they go.
   *
   * @param margin any so many peers may be lost
   * @param relaxed wishes that could not be met, in words
   */
  record Placed(SortedMap<Integer, PeerId> holders, int margin, List<String> relaxed) {}

  /** A stream of blocks to one peer. */
  interface Upload extends AutoCloseable {
    /** Sends; blocks while the peer is slow. */
    void send(List<Block> blocks);

    /** Ends the stream and returns when the peer says that all is stored. */
    void finish();

    /** Breaks the stream off unless it was finished. */
    @Override
    void close();
  }
}
