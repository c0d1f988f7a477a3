package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.cid;
import static io.ecluster.core.consensus.TestPins.pin;
import static io.ecluster.core.consensus.TestPins.put;
import static io.ecluster.core.consensus.TestPins.remove;
import static io.ecluster.libp2p.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.core.state.RocksDatastore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrdtConsensusTest {
  private static final CrdtConfig CONFIG = CrdtConfig.defaults("test");
  private static final Duration LONG = Duration.ofMinutes(10);

  private final MemoryNetwork net = new MemoryNetwork();
  private final List<CrdtPeer> peers = new ArrayList<>();

  @AfterEach
  void close() {
    peers.forEach(CrdtPeer::close);
    net.close();
  }

  private CrdtPeer peer(CrdtConfig config) {
    return peer(new MemoryDatastore(), config);
  }

  private CrdtPeer peer(Datastore store, CrdtConfig config) {
    CrdtPeer peer = new CrdtPeer(net, peers.size() + 1, store, config);
    peers.add(peer);
    return peer;
  }

  private static void untilEqual(CrdtPeer... peers) {
    until(
        () -> "equal states",
        () -> List.of(peers).stream().allMatch(p -> p.names().equals(peers[0].names())));
  }

  @Test
  void aWriteIsHereWhenItReturnsAndSoonEverywhere() {
    CrdtPeer a = peer(CONFIG);
    CrdtPeer b = peer(CONFIG);

    a.consensus.commit(List.of(put(1, "one"), put(2, "two")));

    assertThat(a.consensus.state().get(cid(1))).contains(pin(1, "one"));
    assertThat(a.told).isEqualTo(a.names()).hasSize(2);
    until("b has both", () -> b.told.size() == 2);
    assertThat(b.names()).isEqualTo(a.names());
    assertThat(b.consensus.heads()).isEqualTo(a.consensus.heads());
    b.consensus.commit(List.of(remove(1)));
    until("a lost one", () -> !a.told.containsKey(cid(1)));
  }

  @Test
  void changesOfOneCommitAreOneDelta() {
    CrdtPeer a = peer(CONFIG);

    a.consensus.commit(List.of(put(1, "x"), put(2, "y"), remove(1), put(1, "z")));

    assertThat(a.consensus.heads().maxHeight()).isEqualTo(1);
    assertThat(a.consensus.heads().cids()).hasSize(1);
    assertThat(a.names()).containsEntry(cid(1), "z").hasSize(2);
  }

  @Test
  void removingWhatIsNotThereWritesNothing() {
    CrdtPeer a = peer(CONFIG);

    a.consensus.commit(List.of(remove(1)));
    a.consensus.commit(List.of());

    assertThat(a.consensus.heads().cids()).isEmpty();
  }

  @Test
  void aPeerThatWasAwayFor100PinsCatchesUpWhenItReturns() {
    CrdtPeer a = peer(CONFIG.withIntervals(LONG, LONG));
    CrdtPeer b = peer(CONFIG.withIntervals(LONG, LONG));
    a.consensus.commit(List.of(put(0, "before")));
    until("b follows", () -> b.told.size() == 1);
    b.network.cutOff();
    for (int i = 1; i <= 100; i++) {
      a.consensus.commit(List.of(put(i, "away")));
    }
    b.consensus.commit(List.of(put(200, "alone")));
    long start = System.nanoTime();

    b.network.reconnect();

    until("b caught up", () -> b.told.size() == 102 && a.told.size() == 102);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(b.names()).isEqualTo(a.names());
    assertThat(b.consensus.heads().dirty()).isFalse();
  }

  @Test
  void aNewcomerLearnsEverythingWithoutWaitingForTheInterval() {
    CrdtPeer a = peer(CONFIG.withIntervals(LONG, LONG));
    a.consensus.commit(List.of(put(1, "one")));

    CrdtPeer b = peer(CONFIG.withIntervals(LONG, LONG).withWaits(LONG, LONG));
    b.consensus.commit(List.of(put(2, "two")));

    assertThat(b.consensus.heads().maxHeight()).as("it wrote on top of a's head").isEqualTo(2);
    untilEqual(a, b);
    assertThat(a.consensus.heads()).isEqualTo(b.consensus.heads());
  }

  @Test
  void peersThatAllHaveNothingWriteAtOnce() {
    CrdtConfig patient = CONFIG.withWaits(Duration.ofMinutes(5), Duration.ofSeconds(1));
    CrdtPeer a = peer(patient);
    CrdtPeer b = peer(patient);
    peer(patient);

    b.consensus.commit(List.of(put(1, "one")));

    until("a has it", () -> a.told.size() == 1);
  }

  @Test
  void whatIsMissedIsAnnouncedAgainAtTheInterval() {
    CrdtConfig often = CONFIG.withIntervals(Duration.ofMillis(100), LONG);
    CrdtPeer a = peer(often);
    CrdtPeer b = peer(often);
    b.network.deaf(true);
    a.consensus.commit(List.of(put(1, "one")));
    int before = a.network.published();
    until("a said it again", () -> a.network.published() > before);
    assertThat(b.told).isEmpty();

    b.network.deaf(false);

    until("b heard of it", () -> b.told.size() == 1);
  }

  @Test
  void onlyTrustedPeersChangeThePinset() {
    CrdtPeer stranger = peer(CONFIG);
    CrdtPeer a = peer(CONFIG.withTrusted(false, Set.of()));
    CrdtPeer friend = peer(CONFIG);
    a.consensus.trust(friend.id);

    assertThat(a.consensus.trusts(a.id)).isTrue();
    assertThat(a.consensus.trusts(friend.id)).isTrue();
    assertThat(a.consensus.trusts(stranger.id)).isFalse();
    stranger.consensus.commit(List.of(put(1, "strange")));
    until("the friend has it", () -> friend.told.size() == 1);
    assertThat(a.told).isEmpty();
    friend.consensus.commit(List.of(put(2, "friendly")));
    until("a has what the friend has", () -> a.told.size() == 2);
  }

  @Test
  void theStateSurvivesARestart(@TempDir Path folder) {
    List<String> heads;
    try (Datastore store = RocksDatastore.open(folder)) {
      CrdtPeer a = peer(store, CONFIG);
      for (int i = 0; i < 20; i++) {
        a.consensus.commit(List.of(put(i, "v" + i), remove(i - 5)));
      }
      heads = List.of(a.consensus.heads().toString(), a.names().toString());
      a.close();
    }
    try (Datastore store = RocksDatastore.open(folder)) {
      CrdtPeer a = peer(store, CONFIG);
      assertThat(List.of(a.consensus.heads().toString(), a.names().toString())).isEqualTo(heads);
      assertThat(a.names()).hasSize(5);
      a.close();
    }
  }

  @Test
  void manyThreadsMayWriteAtOnce() {
    CrdtPeer a = peer(CONFIG);
    CrdtPeer b = peer(CONFIG);
    a.consensus.commit(List.of(put(1000, "first")));
    until("b follows", () -> b.told.size() == 1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 100; i++) {
        int number = i;
        threads.execute(() -> peers.get(number % 2).consensus.commit(List.of(put(number, "v"))));
      }
    }

    until("all have all", () -> a.told.size() == 101 && b.told.size() == 101);
    assertThat(a.names()).isEqualTo(b.names());
    a.consensus.rebroadcast();
    b.consensus.rebroadcast();
    until("same heads", () -> a.consensus.heads().equals(b.consensus.heads()));
  }

  @Test
  void batchesGatherCommits() {
    CrdtConfig.Batching batching = new CrdtConfig.Batching(10, Duration.ofMillis(50), 1000);
    CrdtPeer a = peer(CONFIG.withBatching(batching));

    for (int i = 0; i < 25; i++) {
      a.consensus.commit(List.of(put(i, "v")));
    }

    until("all are written", () -> a.told.size() == 25);
    assertThat(a.consensus.heads().maxHeight()).isLessThanOrEqualTo(5);
  }

  @Test
  void aBatchThatIsQueuedIsWrittenWhenThePeerStops() {
    CrdtConfig.Batching slow = new CrdtConfig.Batching(10, LONG, 1000);
    CrdtPeer a = peer(CONFIG.withBatching(slow));

    a.consensus.commit(List.of(put(1, "v")));
    a.close();

    assertThat(a.names()).hasSize(1);
  }
}
