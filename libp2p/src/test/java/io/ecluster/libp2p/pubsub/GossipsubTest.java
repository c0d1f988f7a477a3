package io.ecluster.libp2p.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.Eventually;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Varint;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GossipsubTest {
  private static final String TOPIC = "pins";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final FakeNetwork network = new FakeNetwork();
  private final List<GossipNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(GossipNode::close);
    network.close();
  }

  private GossipNode node(int seed) {
    return node(seed, GossipsubSettings.cluster());
  }

  private GossipNode node(int seed, GossipsubSettings settings) {
    GossipNode node = new GossipNode(network, seed, settings);
    nodes.add(node);
    return node;
  }

  private void start(int count) throws IOException {
    IntStream.rangeClosed(1, count).forEach(seed -> node(seed).subscribe(TOPIC));
    network.connectAll();
    awaitAllSubscribed();
  }

  private void awaitAllSubscribed() {
    nodes.forEach(n -> Eventually.until("hellos", () -> n.sees(TOPIC, nodes.size() - 1)));
  }

  private void awaitHeard(GossipNode node, String... texts) {
    Eventually.until(
        () -> "heard only " + node.heard, () -> node.heard.containsAll(List.of(texts)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 30})
  void everyNodeHearsEveryMessageOnce(int count) throws IOException {
    start(count);
    nodes.forEach(n -> n.publish(TOPIC, "from " + n.host.id()));
    for (GossipNode node : nodes) {
      Eventually.until(() -> node.heard.size() + " heard", () -> node.heard.size() == count - 1);
      assertThat(node.heard).doesNotHaveDuplicates().doesNotContain("from " + node.host.id());
    }
  }

  @Test
  void smallMeshesCarryMessagesToo() throws IOException {
    GossipsubSettings small = GossipsubSettings.cluster().withDegrees(2, 3, 4, 3);
    IntStream.rangeClosed(1, 20).forEach(seed -> node(seed, small).subscribe(TOPIC));
    network.connectAll();
    awaitAllSubscribed();
    nodes.getFirst().publish(TOPIC, "hello");
    // Peers outside of all meshes hear by gossip, at a heartbeat.
    for (GossipNode node : nodes.subList(1, nodes.size())) {
      Eventually.until(
          "gossip",
          () -> {
            nodes.forEach(GossipNode::heartbeat);
            return node.heard.contains("hello");
          });
    }
    nodes.forEach(n -> assertThat(n.heard).hasSizeLessThan(2));
  }

  @Test
  void aMessagePublishedBeforeTheHellosArriveIsNotLost() throws IOException {
    GossipNode one = node(1).subscribe(TOPIC);
    GossipNode two = node(2).subscribe(TOPIC);
    network.setLatency(Duration.ofMillis(50));
    network.connectAll();
    one.publish(TOPIC, "early");
    awaitHeard(two, "early");
  }

  @Test
  void aLateJoinerHearsWhatIsStillInTheHistory() throws IOException {
    start(3);
    nodes.getFirst().publish(TOPIC, "before");
    awaitHeard(nodes.get(1), "before");
    int joins = nodes.getFirst().joins.size(); // one or two: those at the same time are one
    GossipNode late = node(4).subscribe(TOPIC);
    network.connectAll();
    awaitHeard(late, "before");
    nodes.getFirst().publish(TOPIC, "after");
    awaitHeard(late, "after");
    Eventually.until("join notice", () -> nodes.getFirst().joins.size() > joins);
  }

  @Test
  void aTopicJoinedAfterConnectingIsAnnounced() throws IOException {
    GossipNode one = node(1).subscribe(TOPIC);
    GossipNode two = node(2);
    network.connectAll();
    two.subscribe(TOPIC);
    Eventually.until("announcement", () -> one.joins.contains(TOPIC));
    one.publish(TOPIC, "there");
    awaitHeard(two, "there");
    two.publish(TOPIC, "back");
    awaitHeard(one, "back");
  }

  @Test
  void aHealedPartitionCatchesUp() throws IOException {
    start(6);
    List<MemoryHost> left = nodes.subList(0, 3).stream().map(n -> n.host).toList();
    List<MemoryHost> right = nodes.subList(3, 6).stream().map(n -> n.host).toList();
    network.partition(left, right);
    nodes.forEach(n -> Eventually.until("parting", () -> n.sees(TOPIC, 2)));
    nodes.get(0).publish(TOPIC, "left");
    nodes.get(5).publish(TOPIC, "right");
    awaitHeard(nodes.get(1), "left");
    awaitHeard(nodes.get(4), "right");
    assertThat(nodes.get(4).heard).doesNotContain("left");
    network.healAll();
    network.connectAll();
    awaitHeard(nodes.get(1), "right");
    awaitHeard(nodes.get(4), "left");
  }

  @Test
  void aRestartedPeerIsHeardAgain() throws IOException {
    start(3);
    nodes.removeLast().close();
    GossipNode again = node(3).subscribe(TOPIC);
    network.connectAll();
    awaitAllSubscribed();
    again.publish(TOPIC, "back");
    awaitHeard(nodes.get(0), "back");
    nodes.get(1).publish(TOPIC, "welcome");
    awaitHeard(again, "welcome");
  }

  @Test
  void aRefusedAuthorIsNeitherDeliveredNorForwarded() throws IOException {
    GossipNode bad = node(1).subscribe(TOPIC);
    GossipNode middle = node(2);
    middle.subscribe(TOPIC, m -> !m.from().equals(bad.host.id()));
    GossipNode end = node(3).subscribe(TOPIC);
    bad.host.connect(middle.host.id(), middle.host.addresses(), TIMEOUT);
    end.host.connect(middle.host.id(), middle.host.addresses(), TIMEOUT);
    Eventually.until("hellos", () -> middle.sees(TOPIC, 2) && bad.sees(TOPIC, 1));
    bad.publish(TOPIC, "bad");
    Eventually.until("refusal", () -> middle.pubsub.stats().refused() == 1);
    middle.publish(TOPIC, "good");
    awaitHeard(end, "good");
    assertThat(end.heard).containsExactly("good");
    assertThat(middle.heard).isEmpty();
  }

  @Test
  void aFailingHandlerStillGetsTheNextMessage() throws IOException {
    GossipNode one = node(1).subscribe(TOPIC);
    GossipNode two = node(2);
    two.pubsub.subscribe(
        TOPIC,
        _ -> true,
        message -> {
          two.heard.add(new String(message.data(), UTF_8));
          throw new IllegalStateException("on purpose");
        });
    network.connectAll();
    awaitAllSubscribed();
    one.publish(TOPIC, "1");
    one.publish(TOPIC, "2");
    awaitHeard(two, "1", "2");
    assertThat(two.heard).containsExactly("1", "2");
  }

  @Test
  void aMessageThatFitsNoFrameIsRefused() {
    GossipNode one = node(1).subscribe(TOPIC);
    assertThatThrownBy(() -> one.pubsub.publish(TOPIC, new byte[1 << 20]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a frame takes");
    assertThatThrownBy(() -> one.subscribe(TOPIC)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void unsignedAndForgedMessagesAreCountedAndDropped() throws IOException {
    GossipNode node = node(1).subscribe(TOPIC);
    Stream stream = strangersStream(node);
    SignedMessage valid =
        SignedMessage.sign(FakeNetwork.identity(9), 1, TOPIC, "x".getBytes(UTF_8));
    SignedMessage forged =
        new SignedMessage(
            valid.from(), valid.data(), valid.sequence(), "other", valid.signature(), null);
    node.subscribe("other");
    stream.output().write(RpcWriter.frame(Rpc.messages(List.of(forged))));
    Eventually.until("count", () -> node.pubsub.stats().invalid() == 1);
    // The forgery has not made the node deaf for the true message.
    stream.output().write(RpcWriter.frame(Rpc.messages(List.of(valid, valid))));
    awaitHeard(node, "x");
    Eventually.until("duplicate", () -> node.pubsub.stats().duplicates() == 1);
    assertThat(node.heard).containsExactly("x");
  }

  @Test
  void aHostileFrameCutsItsStreamAndHarmsNoOther() throws IOException {
    start(2);
    Stream stream = strangersStream(nodes.getFirst());
    stream.output().write(Varint.encode(1L << 40));
    Eventually.until("cut", () -> nodes.getFirst().pubsub.stats().hostileStreams() == 1);
    nodes.get(1).publish(TOPIC, "fine");
    awaitHeard(nodes.getFirst(), "fine");
  }

  @Test
  void aPeerThatKeepsSendingGarbageIsDisconnected() throws IOException {
    GossipNode node = node(1).subscribe(TOPIC);
    MemoryHost stranger = network.host(99);
    stranger.connect(node.host.id(), node.host.addresses(), TIMEOUT);
    for (int i = 0; i < 16; i++) {
      Stream stream = stranger.open(node.host.id(), Gossipsub.PROTOCOLS, TIMEOUT);
      stream.output().write(new byte[] {2, 10, 100});
      stream.setReadTimeout(TIMEOUT);
      assertThatThrownBy(() -> stream.input().read()).isInstanceOf(IOException.class);
    }
    Eventually.until("parting", () -> !node.host.isConnected(stranger.id()));
  }

  @Test
  void anInboundStreamIsNeverWrittenNorClosed() throws IOException {
    GossipNode node = node(1).subscribe(TOPIC);
    Stream stream = strangersStream(node);
    stream.output().write(RpcWriter.frame(Rpc.subscriptions(List.of(TOPIC))));
    Eventually.until("hello", () -> node.sees(TOPIC, 1));
    node.publish(TOPIC, "x");
    stream.setReadTimeout(Duration.ofMillis(100));
    assertThatThrownBy(() -> stream.input().read())
        .isInstanceOf(java.net.SocketTimeoutException.class);
  }

  @Test
  void aGreetingThatWasLostWithItsStreamIsSaidAgain() throws IOException {
    GossipNode node = node(1).subscribe(TOPIC);
    MemoryHost careless = network.host(99);
    List<Rpc> hellos = new CopyOnWriteArrayList<>();
    careless.handle(
        Gossipsub.PROTOCOLS.getFirst(),
        stream -> {
          hellos.add(RpcReader.next(stream.input()).orElseThrow());
          if (hellos.size() < 3) {
            stream.reset();
          } else {
            stream.input().transferTo(OutputStream.nullOutputStream());
          }
        });
    careless.connect(node.host.id(), node.host.addresses(), TIMEOUT);
    Eventually.until("the third greeting", () -> hellos.size() == 3);
    assertThat(hellos).allMatch(hello -> !hello.subscriptions().isEmpty());
  }

  private Stream strangersStream(GossipNode to) throws IOException {
    MemoryHost stranger = network.host(99);
    stranger.connect(to.host.id(), to.host.addresses(), TIMEOUT);
    return stranger.open(to.host.id(), Gossipsub.PROTOCOLS, TIMEOUT);
  }
}
