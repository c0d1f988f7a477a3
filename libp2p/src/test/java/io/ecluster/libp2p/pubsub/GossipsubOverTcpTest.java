package io.ecluster.libp2p.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same over real connections: what they do that memory does not is half of the protocol. */
class GossipsubOverTcpTest {
  private static final String TOPIC = "pins";
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final List<Libp2pHost> hosts = new ArrayList<>();
  private final List<Gossipsub> pubsubs = new ArrayList<>();
  private final List<List<String>> heard = new ArrayList<>();

  @AfterEach
  void close() {
    pubsubs.forEach(Gossipsub::close);
    hosts.forEach(Libp2pHost::close);
  }

  private void start(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Identity identity = FakeNetwork.identity(i + 1);
      Libp2pHost host =
          Libp2pHost.create(
              HostConfig.of(identity).withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
      Gossipsub pubsub = new Gossipsub(host, identity, GossipsubSettings.cluster());
      List<String> texts = new CopyOnWriteArrayList<>();
      pubsub.subscribe(TOPIC, _ -> true, message -> texts.add(new String(message.data(), UTF_8)));
      host.start();
      hosts.add(host);
      pubsubs.add(pubsub);
      heard.add(texts);
    }
  }

  private void connect(int from, int to) throws IOException {
    hosts.get(from).connect(hosts.get(to).id(), hosts.get(to).addresses(), TIMEOUT);
  }

  private void awaitHeardByAllBut(int author, String text) {
    for (int i = 0; i < hosts.size(); i++) {
      List<String> texts = heard.get(i);
      if (i != author) {
        Eventually.until(text, () -> texts.contains(text));
      }
    }
  }

  @Test
  void messagesCrossAChainOfPeersAndSurviveALostConnection() throws IOException {
    start(4);
    for (int i = 1; i < hosts.size(); i++) {
      connect(i, i - 1);
    }
    pubsubs.get(0).publish(TOPIC, "first".getBytes(UTF_8));
    awaitHeardByAllBut(0, "first");
    hosts.get(1).disconnect(hosts.get(2).id());
    pubsubs.get(3).publish(TOPIC, "while apart".getBytes(UTF_8));
    connect(1, 2);
    awaitHeardByAllBut(3, "while apart");
    pubsubs.get(3).publish(TOPIC, "last".getBytes(UTF_8));
    awaitHeardByAllBut(3, "last");
  }
}
