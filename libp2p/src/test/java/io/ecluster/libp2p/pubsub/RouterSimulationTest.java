package io.ecluster.libp2p.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.PeerId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Many routers in one thread, under a seed: frames of different pairs overtake each other, links
 * break with what is under way on them and come back. Once all are back and a few heartbeats have
 * passed, everybody must have had every message, and once.
 */
class RouterSimulationTest {
  private static final String TOPIC = "pins";
  private static final int SEEDS = 100;
  private static final int CALM_HEARTBEATS = 5;

  /** With more, what was published while the network was in pieces could have left all caches. */
  private static final int MAX_WILD_HEARTBEATS = 3;

  @Test
  void everyMessageReachesEverybodyOnceWhateverTheOrder() {
    long first = System.nanoTime();
    for (long seed = first; seed < first + SEEDS; seed++) {
      new Simulation(seed).run();
    }
  }

  private static final List<PeerId> IDS =
      IntStream.rangeClosed(1, 16).mapToObj(i -> FakeNetwork.identity(i).id()).toList();

  private record Link(PeerId from, PeerId to) {}

  private static final class Simulation {
    private final long seed;
    private final Random random;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<PeerId, Node> byId = new HashMap<>();
    private final Map<Link, Deque<Rpc>> links = new LinkedHashMap<>();
    private final Set<Link> greeted = new HashSet<>();
    private final Set<ByteString> published = new HashSet<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long sequence;
    private int wildHeartbeats;

    private final class Node {
      final PeerId id;
      final Router router;
      final Map<ByteString, Integer> heard = new HashMap<>();

      Node(PeerId id, GossipsubSettings settings) {
        this.id = id;
        router = new Router(settings, () -> now, random, (to, rpc) -> send(id, to, rpc));
        router.subscribe(TOPIC);
      }

      void receive(PeerId from, Rpc rpc, boolean hello) {
        if (hello || !rpc.subscriptions().isEmpty()) {
          router.topics(from, rpc.subscriptions(), hello);
        }
        for (SignedMessage message : rpc.messages()) {
          if (router.isNews(message) && router.accept(message, from)) {
            heard.merge(message.id(), 1, Integer::sum);
          }
        }
        router.control(from, rpc);
      }
    }

    Simulation(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      int degree = 2 + random.nextInt(4);
      GossipsubSettings settings =
          GossipsubSettings.cluster().withDegrees(degree - 1, degree, degree + 2, 24);
      IDS.subList(0, 2 + random.nextInt(14)).forEach(id -> nodes.add(new Node(id, settings)));
      nodes.forEach(node -> byId.put(node.id, node));
    }

    void run() {
      connectAll(0.5);
      for (int step = 0; step < 300; step++) {
        act(random.nextInt(100));
      }
      connectAll(1);
      for (int i = 0; i < CALM_HEARTBEATS; i++) {
        deliverAll();
        heartbeat();
      }
      deliverAll();
      check();
    }

    private void act(int dice) {
      if (dice < 80) {
        deliverOne();
      } else if (dice < 90) {
        publish(any());
      } else if (dice < 94) {
        disconnect(any().id, any().id);
      } else if (dice < 99) {
        connect(any().id, any().id);
      } else if (wildHeartbeats++ < MAX_WILD_HEARTBEATS) {
        heartbeat();
      }
    }

    private Node any() {
      return nodes.get(random.nextInt(nodes.size()));
    }

    private void publish(Node node) {
      byte[] number = ByteBuffer.allocate(8).putLong(0, sequence++).array();
      SignedMessage message =
          new SignedMessage(
              ByteString.copyFrom(node.id.toBytes()),
              ByteString.EMPTY,
              ByteString.copyFrom(number),
              TOPIC,
              ByteString.EMPTY,
              null);
      published.add(message.id());
      node.heard.put(message.id(), 1);
      node.router.publish(message);
    }

    private void heartbeat() {
      now = now.plusSeconds(10);
      nodes.forEach(node -> node.router.heartbeat());
    }

    private void connectAll(double share) {
      for (Node a : nodes) {
        for (Node b : nodes) {
          if (random.nextDouble() < share) {
            connect(a.id, b.id);
          }
        }
      }
    }

    private void connect(PeerId a, PeerId b) {
      if (!a.equals(b) && links.putIfAbsent(new Link(a, b), new ArrayDeque<>()) == null) {
        links.put(new Link(b, a), new ArrayDeque<>());
        open(a, b);
        open(b, a);
      }
    }

    private void open(PeerId from, PeerId to) {
      Router router = router(from);
      router.known(to);
      router.greeting(to).forEach(rpc -> send(from, to, rpc));
    }

    private void disconnect(PeerId a, PeerId b) {
      if (links.remove(new Link(a, b)) != null) {
        links.remove(new Link(b, a));
        greeted.remove(new Link(a, b));
        greeted.remove(new Link(b, a));
        router(a).gone(b);
        router(b).gone(a);
      }
    }

    private Router router(PeerId id) {
      return node(id).router;
    }

    private Node node(PeerId id) {
      Node node = byId.get(id);
      if (node == null) {
        throw new IllegalStateException("no node " + id);
      }
      return node;
    }

    private void send(PeerId from, PeerId to, Rpc rpc) {
      Deque<Rpc> queue = links.get(new Link(from, to));
      if (queue != null) {
        // Over the wire and back, so that what is sent is what can be sent.
        queue.add(RpcReader.parse(RpcWriter.body(rpc)));
      }
    }

    private boolean deliverOne() {
      List<Link> busy =
          links.entrySet().stream()
              .filter(e -> !e.getValue().isEmpty())
              .map(Map.Entry::getKey)
              .toList();
      if (busy.isEmpty()) {
        return false;
      }
      Link link = busy.get(random.nextInt(busy.size()));
      Deque<Rpc> queue = links.get(link);
      if (queue != null) {
        node(link.to()).receive(link.from(), queue.remove(), greeted.add(link));
      }
      return true;
    }

    /** In rounds of whole queues: the order matters less now, and the number of frames is large. */
    private void deliverAll() {
      while (links.values().stream().anyMatch(queue -> !queue.isEmpty())) {
        for (Map.Entry<Link, Deque<Rpc>> each : links.entrySet()) {
          Link link = each.getKey();
          while (!each.getValue().isEmpty()) {
            node(link.to()).receive(link.from(), each.getValue().remove(), greeted.add(link));
          }
        }
      }
    }

    private void check() {
      for (Node node : nodes) {
        assertThat(node.heard.keySet()).as("seed %d", seed).isEqualTo(published);
        assertThat(node.heard.values()).as("seed %d", seed).allMatch(times -> times == 1);
        assertThat(node.router.mesh(TOPIC).size())
            .as("mesh under seed %d", seed)
            .isLessThanOrEqualTo(nodes.size() - 1);
      }
    }
  }
}
