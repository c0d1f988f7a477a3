package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.put;
import static io.ecluster.libp2p.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.pubsub.Gossipsub;
import io.ecluster.libp2p.pubsub.GossipsubSettings;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The CRDT over the gossipsub and the bitswap that it runs on in a peer. */
class CrdtOverLibp2pTest {
  /** So long that nothing in these tests comes from it. */
  private static final Duration NEVER = Duration.ofHours(1);

  private static final CrdtConfig CONFIG =
      CrdtConfig.defaults("test").withIntervals(NEVER, NEVER).withWaits(NEVER, NEVER);

  private final FakeNetwork network = new FakeNetwork();
  private final List<Node> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(Node::close);
    network.close();
  }

  private Node node(Datastore store) throws IOException {
    Node node = new Node(network.host(nodes.size() + 1), store);
    for (Node other : nodes) {
      node.host.connect(other.host.id(), other.host.addresses(), Duration.ofSeconds(5));
    }
    nodes.add(node);
    return node;
  }

  @Test
  void freshPeersWriteAtOnceAndFollowEachOther() throws IOException {
    Node a = node(new MemoryDatastore());
    Node b = node(new MemoryDatastore());
    Node c = node(new MemoryDatastore());
    until("all see all", () -> nodes.stream().allMatch(node -> node.sees(2)));

    b.consensus.commit(List.of(put(1, "one")));

    until("all have it", () -> a.names().size() == 1 && c.names().size() == 1);
    c.consensus.commit(List.of(put(2, "two")));
    until("all have both", () -> a.names().size() == 2 && b.names().size() == 2);
    assertThat(a.consensus.heads()).isEqualTo(c.consensus.heads());
    assertThat(a.consensus.heads().maxHeight()).isEqualTo(2);
  }

  @Test
  void aNewcomerFetches500DeltasAndThenWritesOnTopOfThem() throws IOException {
    Datastore store = new MemoryDatastore();
    Replica writer = new Replica(store);
    for (int i = 0; i < 500; i++) {
      writer.commit(List.of(put(i, "v")));
    }
    Node a = node(store);
    Node b = node(new MemoryDatastore());
    until("they see each other", () -> a.sees(1) && b.sees(1));

    b.consensus.commit(List.of(put(1000, "new")));

    assertThat(b.consensus.heads().maxHeight()).isEqualTo(501);
    until("both have all", () -> a.names().size() == 501 && b.names().equals(a.names()));
  }

  /** One peer. */
  private static final class Node implements AutoCloseable {
    final MemoryHost host;
    final Gossipsub pubsub;
    final Bitswap bitswap;
    final CrdtConsensus consensus;

    Node(MemoryHost host, Datastore store) {
      this.host = host;
      pubsub = new Gossipsub(host, host.identity(), GossipsubSettings.cluster());
      bitswap = new Bitswap(host, new CrdtBlocks(store));
      consensus =
          new CrdtConsensus(
              store,
              pubsub,
              bitswap,
              host.id(),
              CONFIG,
              Clock.systemUTC(),
              new SplittableRandom(1),
              new Deaf());
      consensus.start();
    }

    boolean sees(int peers) {
      return pubsub.subscribers(CONFIG.topic()).size() == peers;
    }

    Map<Cid, String> names() {
      return TestPins.names(consensus.state());
    }

    @Override
    public void close() {
      consensus.close();
      bitswap.close();
      pubsub.close();
      host.close();
    }
  }

  private static final class Deaf implements Consensus.Listener {
    @Override
    public void pinned(Pin pin) {}

    @Override
    public void unpinned(Cid cid) {}
  }
}
