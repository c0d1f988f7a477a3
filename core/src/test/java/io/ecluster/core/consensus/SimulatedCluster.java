package io.ecluster.core.consensus;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.DatastoreException;
import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.multiformats.Cid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Replicas and the network between them, in one thread and led by one seed: messages are lost,
 * late, in another order or doubled, peers are cut off, restarted and killed in the midst of a
 * write.
 */
final class SimulatedCluster {
  private final Random random;
  private final List<Node> nodes = new ArrayList<>();
  private final List<Message> messages = new ArrayList<>();
  private final Map<Cid, byte[]> everyBlock = new HashMap<>();
  private boolean reliable;

  private record Message(Node to, Cid head) {}

  SimulatedCluster(int size, long seed) {
    random = new Random(seed);
    for (int i = 0; i < size; i++) {
      nodes.add(new Node());
    }
  }

  /** One replica with its disk, which outlives it. */
  final class Node {
    private final Datastore disk = new MemoryDatastore();
    private final Set<Cid> fetching = new LinkedHashSet<>();
    private final Map<Cid, String> told = new TreeMap<>();
    private FaultyDatastore store = new FaultyDatastore(disk, Integer.MAX_VALUE, false);
    private Replica replica = new Replica(store);
    private boolean wasKilled;
    private int side;

    Replica replica() {
      return replica;
    }

    Map<Cid, String> state() {
      return TestPins.names(new CrdtState(disk));
    }

    /** What a listener knows, if it heard everything. */
    Optional<Map<Cid, String>> told() {
      return wasKilled ? Optional.empty() : Optional.of(told);
    }

    private void restart(int writesLeft, boolean stored) {
      fetching.clear();
      store = new FaultyDatastore(disk, Integer.MAX_VALUE, false);
      replica = new Replica(store);
      store = new FaultyDatastore(disk, writesLeft, stored);
      replica = new Replica(store);
      fetching.addAll(replica.wanted(Integer.MAX_VALUE, cid -> true));
    }

    private void run(Runnable action) {
      try {
        action.run();
      } catch (DatastoreException e) {
        wasKilled = true;
        restart(Integer.MAX_VALUE, false);
      }
    }

    private void commit(List<PinChange> changes) {
      run(() -> {
        for (Replica.Applied applied : replica.commit(changes)) {
          tell(applied.events());
          announce(this, applied.cid());
        }
      });
      remember();
    }

    private void remember() {
      CrdtBlocks blocks = new CrdtBlocks(disk);
      replica.heads().forEach(head -> blocks.get(head).ifPresent(b -> everyBlock.put(head, b)));
    }

    private void tell(List<PinChange> events) {
      for (PinChange event : events) {
        switch (event) {
          case PinChange.Put put -> told.put(put.pin().cid(), put.pin().options().name());
          case PinChange.Remove remove -> told.remove(remove.cid());
        }
      }
    }

    private void hear(Cid head) {
      if (replica.needs(head)) {
        fetching.add(head);
      }
    }

    private void fetchOne() {
      List<Cid> candidates = List.copyOf(fetching);
      Cid cid = candidates.get(random.nextInt(candidates.size()));
      fetching.remove(cid);
      run(() -> {
        Optional<byte[]> bytes = fromSomeone(this, cid);
        if (bytes.isEmpty()) {
          replica.unavailable(cid);
        } else {
          replica
              .accept(cid, bytes.get())
              .ifPresent(applied -> {
                tell(applied.events());
                fetching.addAll(applied.wanted());
              });
        }
      });
    }
  }

  List<Node> nodes() {
    return nodes;
  }

  Collection<byte[]> everyBlock() {
    return everyBlock.values();
  }

  private Optional<byte[]> fromSomeone(Node asker, Cid cid) {
    return nodes.stream()
        .filter(other -> other != asker && other.side == asker.side)
        .filter(other -> reliable || random.nextInt(10) > 0)
        .flatMap(other -> new CrdtBlocks(other.disk).get(cid).stream())
        .findFirst();
  }

  private void announce(Node from, Cid head) {
    for (Node to : nodes) {
      if (to != from && to.side == from.side && (reliable || random.nextInt(5) > 0)) {
        messages.add(new Message(to, head));
        if (random.nextInt(10) == 0) {
          messages.add(new Message(to, head));
        }
      }
    }
  }

  private Node anyNode() {
    return nodes.get(random.nextInt(nodes.size()));
  }

  /** Something happens. */
  void step(boolean killing) {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> anyNode().commit(someChanges());
      case 4 -> anyNode().side = random.nextInt(2);
      case 5 ->
          anyNode().restart(killing ? random.nextInt(8) : Integer.MAX_VALUE, random.nextBoolean());
      case 6 -> announceHeads(anyNode());
      case 7 -> retry(anyNode());
      case 8, 9, 10, 11, 12 -> deliverOne();
      default -> fetchOne();
    }
  }

  private List<PinChange> someChanges() {
    List<PinChange> changes = new ArrayList<>();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      int number = random.nextInt(6);
      changes.add(
          random.nextInt(3) == 0
              ? TestPins.remove(number)
              : TestPins.put(number, "v" + random.nextInt(100)));
    }
    return changes;
  }

  private void announceHeads(Node node) {
    node.replica.heads().forEach(head -> announce(node, head));
  }

  private void retry(Node node) {
    node.run(() -> {
      node.replica.retryStuck(Integer.MAX_VALUE);
      node.fetching.addAll(node.replica.wanted(Integer.MAX_VALUE, cid -> true));
    });
  }

  private void deliverOne() {
    if (!messages.isEmpty()) {
      Message message = messages.remove(random.nextInt(messages.size()));
      message.to().hear(message.head());
    }
  }

  private void fetchOne() {
    Node node = anyNode();
    if (!node.fetching.isEmpty()) {
      node.fetchOne();
    }
  }

  /** The network is mended and everything that is on its way arrives. */
  void settle() {
    reliable = true;
    nodes.forEach(node -> node.side = 0);
    for (Node node : nodes) {
      if (node.store.isDead() || node.wasKilled) {
        node.restart(Integer.MAX_VALUE, false);
      }
      node.store = new FaultyDatastore(node.disk, Integer.MAX_VALUE, false);
      node.replica = new Replica(node.store);
      retry(node);
    }
    nodes.forEach(this::announceHeads);
    while (!messages.isEmpty() || nodes.stream().anyMatch(node -> !node.fetching.isEmpty())) {
      deliverOne();
      fetchOne();
    }
    nodes.forEach(Node::remember);
  }
}
