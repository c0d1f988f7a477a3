package io.ecluster.recovery;

import io.ecluster.core.cluster.PeerBlocks;
import io.ecluster.core.cluster.Peers;
import io.ecluster.core.cluster.WaitInterruptedException;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.BlockSource;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Manifests and group nodes: from the own store, else from whichever live peer has them. A few
 * peers are asked at once, and more as those fail or take long.
 */
final class NodeSource implements BlockSource {
  /** Some peers of a cluster have a group node, all of them a manifest. */
  private static final int ASKED_AT_ONCE = 4;

  /** After this long without an answer more are asked. */
  private static final Duration ESCALATION = Duration.ofMillis(200);

  /** For a block that Go peers may have, which give it away through their IPFS nodes alone. */
  private static final Duration NETWORK_PATIENCE = Duration.ofSeconds(10);

  private final IpfsNode ipfs;
  private final PeerBlocks blocks;
  private final Peers peers;

  NodeSource(IpfsNode ipfs, PeerBlocks blocks, Peers peers) {
    this.ipfs = ipfs;
    this.blocks = blocks;
    this.peers = peers;
  }

  @Override
  public byte[] get(Cid cid) {
    return local(cid).or(() -> fromPeers(cid)).orElseThrow(() -> notFound(cid));
  }

  /** While the own node is away, others have what it has. */
  private Optional<byte[]> local(Cid cid) {
    try {
      return ipfs.getLocal(cid);
    } catch (IpfsException e) {
      return Optional.empty();
    }
  }

  private Optional<byte[]> fromPeers(Cid cid) {
    Deque<PeerId> others = new ArrayDeque<>(peers.live());
    others.remove(peers.self());
    BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    boolean foreign = false;
    try {
      int underWay = 0;
      while (underWay > 0 || !others.isEmpty()) {
        underWay += ask(others, ASKED_AT_ONCE - underWay, cid, answers);
        Answer answer = answers.poll(ESCALATION.toNanos(), TimeUnit.NANOSECONDS);
        if (answer == null) {
          underWay += ask(others, ASKED_AT_ONCE, cid, answers);
        } else if (answer.block().isPresent()) {
          return answer.block();
        } else {
          foreign |= answer.foreign();
          underWay--;
        }
      }
      return foreign ? fromNetwork(cid) : Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    }
  }

  /** Asks so many more and gives how many it were. */
  private int ask(Deque<PeerId> others, int more, Cid cid, BlockingQueue<Answer> answers) {
    int asked = 0;
    while (asked < more && !others.isEmpty()) {
      PeerId peer = others.remove();
      Thread.ofVirtual().start(() -> answers.add(ask(peer, cid)));
      asked++;
    }
    return asked;
  }

  /**
   * @param foreign whether the peer does not know the question: it is not one of ours
   */
  private record Answer(Optional<byte[]> block, boolean foreign) {}

  private Answer ask(PeerId peer, Cid cid) {
    try {
      return new Answer(Optional.ofNullable(blocks.read(peer, List.of(cid)).get(cid)), false);
    } catch (RpcException e) {
      return new Answer(Optional.empty(), e.kind() == RpcException.Kind.SERVER);
    }
  }

  private Optional<byte[]> fromNetwork(Cid cid) {
    try {
      return ipfs.get(cid, NETWORK_PATIENCE);
    } catch (IpfsException e) {
      return Optional.empty();
    }
  }

  private BlockNotFoundException notFound(Cid cid) {
    return new BlockNotFoundException(cid, "none of " + peers.live().size() + " live peers has it");
  }
}
