package io.ecluster.recovery;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.Upload;
import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.erasure.CodeParameters;
import io.ecluster.erasure.ManifestReader;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockSource;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps manifests on all peers: without its manifest a coding cannot be read by anybody. */
final class ManifestKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(ManifestKeeper.class);
  private static final Duration STATUS_TIMEOUT = Duration.ofSeconds(10);

  private final RecoveryParts parts;
  private final BlockSource nodes;

  ManifestKeeper(RecoveryParts parts, BlockSource nodes) {
    this.parts = parts;
    this.nodes = nodes;
  }

  /**
   * Sends a manifest to those of some peers that lack it, and sets its pin if that is gone.
   *
   * @return how many of them have it now
   */
  int spread(Coding coding, Set<PeerId> live) {
    List<Block> blocks = blocks(coding);
    restorePin(coding, root(blocks));
    List<Boolean> have = AtOnce.map(List.copyOf(live), peer -> give(peer, blocks));
    int copies = Collections.frequency(have, true);
    int wanted = coding.manifest().parameters().parityShards() + 1;
    if (copies < wanted) {
      LOG.warn(
          "the manifest of {} is on {} peers, {} are wanted", coding.meta().cid(), copies, wanted);
    }
    return copies;
  }

  /** The blocks of a manifest, its root first. */
  private List<Block> blocks(Coding coding) {
    List<Block> blocks = new ArrayList<>();
    BlockSource recording =
        cid -> {
          byte[] data = nodes.get(cid);
          blocks.add(new Block(cid, data));
          return data;
        };
    var _ = new ManifestReader(recording).read(coding.meta().reference().orElseThrow());
    return blocks;
  }

  private void restorePin(Coding coding, Cid manifestRoot) {
    boolean wanted =
        parts
            .state()
            .get(coding.meta().cid())
            .filter(meta -> meta.reference().equals(coding.meta().reference()))
            .isPresent();
    if (wanted && parts.state().get(manifestRoot).isEmpty()) {
      CodeParameters code = coding.manifest().parameters();
      CodedPinFactory pins =
          new CodedPinFactory(
              coding.manifest().coding().toString(),
              code.shardSize(),
              code.dataShards(),
              code.parityShards(),
              coding.meta().options(),
              parts.clock());
      LOG.warn("the pin of the manifest of {} was gone and is set again", coding.meta().cid());
      parts
          .consensus()
          .commit(List.of(new PinChange.Put(pins.clusterDag(manifestRoot, coding.meta().cid()))));
    }
  }

  /** Whether a peer has the manifest now. */
  private boolean give(PeerId peer, List<Block> blocks) {
    try {
      return has(peer, blocks) || takes(peer, blocks);
    } catch (RpcException e) {
      LOG.info("{} was not given a manifest: {}", peer, e.getMessage());
      return false;
    }
  }

  private boolean has(PeerId peer, List<Block> blocks) {
    try {
      return parts.blocks().missing(peer, blocks.stream().map(Block::cid).toList()).isEmpty();
    } catch (RpcException e) {
      if (e.kind() != RpcException.Kind.SERVER) {
        throw e;
      }
      // Not one of our peers: its word that all is pinned must do.
      return status(peer, RpcMethods.TRACKER_STATUS, blocks) == TrackerStatus.PINNED;
    }
  }

  /** Sends it all, and waits until the peer says that it is pinned. */
  private boolean takes(PeerId peer, List<Block> blocks) {
    LOG.info("{} lacks a manifest and gets it", peer);
    try (Upload upload = parts.blocks().upload(peer)) {
      upload.send(blocks);
      upload.finish();
    }
    TrackerStatus status = status(peer, RpcMethods.TRACKER_RECOVER, blocks);
    LOG.debug("{} on {}: {}", root(blocks), peer, status);
    return parts.blocks().awaitPinned(peer, List.of(root(blocks)), parts.pinTimeout());
  }

  private TrackerStatus status(PeerId peer, RpcMethod<Cid, PinInfo> method, List<Block> blocks) {
    return parts.rpc().call(peer, method, root(blocks), STATUS_TIMEOUT).status();
  }

  private static Cid root(List<Block> blocks) {
    return blocks.getFirst().cid();
  }
}
