package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.ApiException;
import io.ecluster.client.JsonObject;
import io.ecluster.service.PeerProcesses;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Writes on both kinds at once, while peers of both pause, restart and are killed: one of ours
 * while it writes, a Go peer when all is quiet. For a Go peer that is killed while it fetches
 * updates lacks some of them from then on, and while it writes, it has announced some that nobody
 * has.
 */
@NeedsKubo
@NeedsGoCluster
class MixedConvergenceTest {
  private static final int CIDS = 24;
  private static final int OPERATIONS_OF_A_WRITER = 20;

  /** More than a writer can make before its peer is killed. */
  private static final int UNTIL_KILLED = 100_000;

  /** See {@link SamePins}. */
  private static final int WRONG_AT_GO = 3;

  @RegisterExtension static final MixedPeers CLUSTER = new MixedPeers(2, 2);

  @Test
  void allEndWithTheSamePins() {
    long seed = Instant.now().toEpochMilli();
    System.err.println("seed " + seed);
    Random random = new Random(seed);
    RandomPins pins = new RandomPins(RandomPins.contents(CLUSTER.go(0).kubo(), random, CIDS));
    List<MixedPeer> all = CLUSTER.all();

    pins.write(random, all, OPERATIONS_OF_A_WRITER);
    for (MixedPeer away : List.of(CLUSTER.ours(1), CLUSTER.go(1))) {
      List<MixedPeer> others = all.stream().filter(peer -> !peer.equals(away)).toList();
      away.pause();
      pins.write(random, others, OPERATIONS_OF_A_WRITER);
      away.resume();
      pins.write(random, all, OPERATIONS_OF_A_WRITER);
      away.stop();
      pins.write(random, others, OPERATIONS_OF_A_WRITER);
      away.start();
      pins.write(random, all, OPERATIONS_OF_A_WRITER);
      if (away.isOurs()) {
        killWhileItWrites(away, pins, random);
      } else {
        SamePins.await(all, "before the kill, seed " + seed);
        away.kill();
      }
      pins.write(random, others, OPERATIONS_OF_A_WRITER);
      away.start();
      pins.write(random, all, OPERATIONS_OF_A_WRITER);
    }
    assertThat(pins.done()).as("of %s refused", pins.refused()).isGreaterThan(500);
    Set<String> wrongAtGo = SamePins.make(all, "seed " + seed);
    assertThat(wrongAtGo).as("seed %s", seed).hasSizeLessThanOrEqualTo(WRONG_AT_GO);
    all.forEach(MixedPeer::stop);
    assertThat(CrdtDag.of(CLUSTER.ours(0)).conflicts()).isPositive();
    List<NavigableMap<String, JsonObject>> exports = all.stream().map(MixedPeer::exported).toList();
    assertThat(exports.getFirst()).isNotEmpty();
    assertThat(exports).as("seed %s", seed).allMatch(exports.getFirst()::equals);
  }

  private static void killWhileItWrites(MixedPeer peer, RandomPins pins, Random random) {
    int before = pins.done();
    CompletableFuture<Void> writing = pins.begin(random, List.of(peer), UNTIL_KILLED);
    PeerProcesses.await("it is writing", () -> pins.done() >= before + OPERATIONS_OF_A_WRITER);
    peer.kill();
    assertThatThrownBy(writing::join).hasCauseInstanceOf(ApiException.class);
  }
}
