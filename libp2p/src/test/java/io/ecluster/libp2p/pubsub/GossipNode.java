package io.ecluster.libp2p.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A gossipsub peer in a {@link FakeNetwork} that keeps what it hears and beats when told to. */
final class GossipNode implements AutoCloseable {
  final MemoryHost host;
  final Gossipsub pubsub;
  final List<String> heard = new CopyOnWriteArrayList<>();
  final List<String> joins = new CopyOnWriteArrayList<>();
  private Runnable beat = () -> {};

  GossipNode(FakeNetwork network, int seed, GossipsubSettings settings) {
    host = network.host(seed);
    pubsub =
        new Gossipsub(
            host,
            host.identity(),
            settings,
            InstantSource.system(),
            new Random(seed),
            (_, task) -> {
              beat = task;
              return () -> {};
            });
    pubsub.onPeerJoined(joins::add);
  }

  GossipNode(FakeNetwork network, int seed) {
    this(network, seed, GossipsubSettings.cluster());
  }

  GossipNode subscribe(String topic) {
    return subscribe(topic, _ -> true);
  }

  GossipNode subscribe(String topic, PubSub.Validator accept) {
    pubsub.subscribe(topic, accept, message -> heard.add(new String(message.data(), UTF_8)));
    return this;
  }

  void publish(String topic, String text) {
    pubsub.publish(topic, text.getBytes(UTF_8));
  }

  void heartbeat() {
    beat.run();
  }

  boolean sees(String topic, int peers) {
    return pubsub.subscribers(topic).size() == peers;
  }

  @Override
  public void close() {
    pubsub.close();
    host.close();
  }
}
