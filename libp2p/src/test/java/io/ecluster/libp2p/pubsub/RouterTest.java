package io.ecluster.libp2p.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouterTest {
  private static final String TOPIC = "pins";

  private record Sent(PeerId to, Rpc rpc) {}

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<Sent> sent = new ArrayList<>();
  private final GossipsubSettings settings = GossipsubSettings.cluster().withDegrees(2, 3, 4, 3);
  private final Router router =
      new Router(settings, () -> now, new Random(1), (to, rpc) -> sent.add(new Sent(to, rpc)));

  private static PeerId peer(int seed) {
    return FakeNetwork.identity(seed).id();
  }

  private void joins(int seed) {
    router.topics(peer(seed), List.of(new Rpc.Subscription(true, TOPIC)), false);
  }

  private static SignedMessage message(int author, long sequence) {
    return SignedMessage.sign(FakeNetwork.identity(author), sequence, TOPIC, new byte[] {1});
  }

  private List<PeerId> receivers(SignedMessage message) {
    return sent.stream().filter(s -> s.rpc().messages().contains(message)).map(Sent::to).toList();
  }

  private List<Rpc> sentTo(int seed) {
    return sent.stream().filter(s -> s.to().equals(peer(seed))).map(Sent::rpc).toList();
  }

  @Test
  void aPeerThatJoinsOurTopicIsGraftedAtOnce() {
    router.subscribe(TOPIC);
    joins(1);
    assertThat(sentTo(1)).containsExactly(Rpc.graft(List.of(TOPIC)));
    assertThat(router.mesh(TOPIC)).containsExactly(peer(1));
  }

  @Test
  void theMeshIsFilledAtOnceOnlyToItsDegree() {
    router.subscribe(TOPIC);
    IntStream.rangeClosed(1, 10).forEach(this::joins);
    assertThat(router.mesh(TOPIC)).hasSize(3);
  }

  @Test
  void subscribingAnnouncesAndGrafts() {
    joins(1);
    router.subscribe(TOPIC);
    assertThat(sentTo(1))
        .containsExactly(Rpc.subscriptions(List.of(TOPIC)), Rpc.graft(List.of(TOPIC)));
  }

  @Test
  void aPrunedPeerStaysAwayForItsBackoff() {
    router.subscribe(TOPIC);
    joins(1);
    router.control(peer(1), Rpc.prune(TOPIC, 30));
    sent.clear();
    router.heartbeat();
    assertThat(sentTo(1)).isEmpty();
    router.control(peer(1), Rpc.graft(List.of(TOPIC)));
    assertThat(sentTo(1)).singleElement().matches(rpc -> !rpc.prune().isEmpty());
    now = now.plusSeconds(61);
    router.heartbeat();
    assertThat(router.mesh(TOPIC)).containsExactly(peer(1));
  }

  @Test
  void anAbsurdBackoffIsCapped() {
    router.subscribe(TOPIC);
    joins(1);
    router.control(peer(1), Rpc.prune(TOPIC, -1L));
    now = now.plus(Duration.ofHours(2));
    router.heartbeat();
    assertThat(router.mesh(TOPIC)).containsExactly(peer(1));
  }

  @Test
  void aFullMeshRefusesGraftsAndAnOverfullOneIsCut() {
    router.subscribe(TOPIC);
    IntStream.rangeClosed(1, 10).forEach(this::joins);
    IntStream.rangeClosed(1, 10).forEach(i -> router.control(peer(i), Rpc.graft(List.of(TOPIC))));
    assertThat(router.mesh(TOPIC)).hasSize(settings.degreeHigh());
    assertThat(sent.stream().filter(s -> !s.rpc().prune().isEmpty())).hasSize(6);
  }

  @Test
  void graftsForForeignTopicsAreIgnored() {
    router.control(peer(1), Rpc.graft(List.of(TOPIC)));
    router.control(peer(1), Rpc.prune(TOPIC, 5));
    assertThat(sent).isEmpty();
  }

  @Test
  void aMessageGoesToTheMeshButNotBack() {
    router.subscribe(TOPIC);
    IntStream.rangeClosed(1, 3).forEach(this::joins);
    SignedMessage message = message(2, 7);
    assertThat(router.accept(message, peer(1))).isTrue();
    assertThat(receivers(message)).containsExactly(peer(3));
    assertThat(router.accept(message, peer(3))).isFalse();
    assertThat(router.isNews(message)).isFalse();
  }

  @Test
  void ownMessagesReachSubscribersWhileTheMeshIsNotFull() {
    router.subscribe(TOPIC);
    joins(1);
    joins(2);
    router.control(peer(2), Rpc.prune(TOPIC, 60));
    SignedMessage message = message(50, 1);
    router.publish(message);
    assertThat(receivers(message)).containsExactlyInAnyOrder(peer(1), peer(2));
  }

  @Test
  void publishingWithoutSubscribingReachesSubscribers() {
    joins(1);
    SignedMessage message = message(50, 1);
    router.publish(message);
    assertThat(receivers(message)).containsExactly(peer(1));
  }

  @Test
  void peersOutsideTheMeshAreToldAndMayAskThreeTimes() {
    router.subscribe(TOPIC);
    IntStream.rangeClosed(1, 6).forEach(this::joins);
    SignedMessage message = message(50, 1);
    router.publish(message);
    sent.clear();
    router.heartbeat();
    List<Sent> told = sent.stream().filter(s -> !s.rpc().have().isEmpty()).toList();
    assertThat(told).hasSize(3).noneMatch(s -> router.mesh(TOPIC).contains(s.to()));
    PeerId asking = told.getFirst().to();
    sent.clear();
    for (int i = 0; i < 5; i++) {
      router.control(asking, Rpc.want(List.of(message.id())));
    }
    assertThat(receivers(message)).hasSize(3);
  }

  @Test
  void oldMessagesAreNoLongerGivenNorToldOf() {
    router.subscribe(TOPIC);
    SignedMessage message = message(50, 1);
    router.publish(message);
    IntStream.range(0, settings.history()).forEach(_ -> router.heartbeat());
    joins(1);
    router.control(peer(1), Rpc.want(List.of(message.id())));
    assertThat(sentTo(1)).containsExactly(Rpc.graft(List.of(TOPIC)));
  }

  @Test
  void anOfferedMessageIsAskedForUnlessSeen() {
    router.subscribe(TOPIC);
    joins(1);
    SignedMessage known = message(8, 1);
    router.accept(known, peer(1));
    SignedMessage unknown = message(8, 2);
    sent.clear();
    router.control(peer(1), Rpc.have(TOPIC, List.of(known.id(), unknown.id(), unknown.id())));
    router.control(peer(1), Rpc.have("foreign", List.of(message(8, 3).id())));
    assertThat(sentTo(1)).containsExactly(Rpc.want(List.of(unknown.id())));
  }

  @Test
  void aFloodOfOffersIsAnsweredOnlySoOften() {
    router.subscribe(TOPIC);
    joins(1);
    sent.clear();
    for (int i = 0; i < 50; i++) {
      router.control(peer(1), Rpc.have(TOPIC, List.of(message(8, i).id())));
    }
    assertThat(sentTo(1)).hasSize(10);
    router.heartbeat();
    router.control(peer(1), Rpc.have(TOPIC, List.of(message(8, 99).id())));
    assertThat(sentTo(1)).hasSize(11);
  }

  @Test
  void onlySoManyTopicsOfAPeerAreKept() {
    for (int i = 0; i < 1_000; i++) {
      router.topics(peer(1), List.of(new Rpc.Subscription(true, "t" + i)), false);
    }
    assertThat(router.known(peer(1)).topics).hasSize(RouterPeer.MAX_TOPICS);
  }

  @Test
  void aNewHelloReplacesTheTopics() {
    router.subscribe(TOPIC);
    joins(1);
    router.topics(peer(1), List.of(new Rpc.Subscription(true, "other")), true);
    assertThat(router.subscribers(TOPIC)).isEmpty();
    assertThat(router.mesh(TOPIC)).isEmpty();
  }

  @Test
  void aGreetingHasTopicsMeshesAndRecentMessages() {
    router.subscribe(TOPIC);
    joins(1);
    SignedMessage message = message(50, 1);
    router.publish(message);
    assertThat(router.greeting(peer(1)))
        .containsExactly(
            Rpc.subscriptions(List.of(TOPIC)),
            Rpc.graft(List.of(TOPIC)),
            Rpc.have(TOPIC, List.of(message.id())));
  }

  @Test
  void aFloodsubPeerGetsEverythingAndNoGossip() {
    router.subscribe(TOPIC);
    IntStream.rangeClosed(1, 4).forEach(this::joins);
    PeerId outside =
        router.subscribers(TOPIC).stream()
            .filter(p -> !router.mesh(TOPIC).contains(p))
            .findFirst()
            .orElseThrow();
    router.known(outside).floods = true;
    SignedMessage message = message(60, 1);
    router.accept(message, peer(77));
    assertThat(receivers(message)).contains(outside);
  }

  @Test
  void seenIdsExpireAndAreBounded() {
    SeenCache seen = new SeenCache(Duration.ofMinutes(30));
    for (int i = 0; i < SeenCache.MAX_IDS + 10; i++) {
      seen.add(ByteString.copyFromUtf8("id " + i), now);
    }
    assertThat(seen.size()).isEqualTo(SeenCache.MAX_IDS);
    assertThat(seen.has(ByteString.copyFromUtf8("id 0"))).isFalse();
    seen.expire(now.plus(Duration.ofMinutes(31)));
    assertThat(seen.size()).isZero();
  }

  @Test
  void theHistoryIsBoundedInBytes() {
    MessageCache cache = new MessageCache(6);
    byte[] large = new byte[900_000];
    for (int i = 0; i < 60; i++) {
      cache.put(SignedMessage.sign(FakeNetwork.identity(1), i, TOPIC, large));
      assertThat(cache.bytes()).isLessThanOrEqualTo(MessageCache.MAX_BYTES);
    }
    assertThat(cache.ids(TOPIC, 6)).isNotEmpty();
  }
}
