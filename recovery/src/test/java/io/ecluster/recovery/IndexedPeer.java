package io.ecluster.recovery;

import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A peer of a {@link CodedCluster} that finds blocks by their CIDs. */
final class IndexedPeer implements AutoCloseable {
  static final CodedIndexer.Pace QUICK =
      new CodedIndexer.Pace(Duration.ZERO, Duration.ofMillis(100), Duration.ofHours(1));

  final TestPeer peer;
  final CodedIndex index;
  final ClusterBlocks blocks;

  /** Groups of which a block was rebuilt, once for each rebuilt block. */
  final List<Integer> rebuilt = new CopyOnWriteArrayList<>();

  /** What the indexer told of. */
  final Set<Cid> indexed = ConcurrentHashMap.newKeySet();

  private final CodedIndexer indexer;

  IndexedPeer(CodedCluster cluster, TestPeer peer, Path folder) {
    this(cluster, peer, peer.rpc, folder, CodedIndex.STANDARD_MAX_ENTRIES, 32 << 20);
  }

  IndexedPeer(
      CodedCluster cluster, TestPeer peer, Rpc rpc, Path folder, long maxEntries, long cacheBytes) {
    this.peer = peer;
    this.index = CodedIndex.open(folder, peer.consensus.state(), maxEntries);
    this.blocks =
        new ClusterBlocks(
            new CodedReader.Parts(
                peer.consensus.state(),
                peer.ipfs,
                rpc,
                new io.ecluster.core.cluster.PeerBlocks(rpc, cluster.cluster.time),
                cluster.peers(peer),
                Duration.ofSeconds(1),
                (_, group) -> rebuilt.add(group)),
            index,
            cacheBytes);
    CodedPinNews news = new CodedPinNews();
    peer.consensus.listener(Consensus.Listener.both(peer.tracker, news));
    this.indexer = CodedIndexer.start(index, blocks, news, indexed::addAll, _ -> {}, QUICK);
  }

  Cid manifest(Cid root) {
    return peer.consensus.state().get(root).orElseThrow().reference().orElseThrow();
  }

  void awaitIndexed(Cid root) {
    Cid manifest = manifest(root);
    Eventually.until("the index has all of " + root, () -> index.complete(manifest));
  }

  @Override
  public void close() {
    indexer.close();
    blocks.close();
    index.close();
  }
}
