package io.ecluster.core.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens to peers and messages, in the end all have the same pins, and the right ones.
 */
class ReplicaSimulationTest {
  private static final int RUNS = 30;
  private static final int STEPS = 400;

  @Test
  void replicasConvergeToTheModel() {
    for (long seed = 1; seed <= RUNS; seed++) {
      converge(seed, false);
    }
  }

  @Test
  void replicasThatAreKilledInTheMidstOfWritesConvergeToo() {
    for (long seed = 1; seed <= RUNS; seed++) {
      converge(seed, true);
    }
  }

  private static void converge(long seed, boolean killing) {
    SimulatedCluster cluster = new SimulatedCluster(4, seed);
    for (int i = 0; i < STEPS; i++) {
      cluster.step(killing);
    }
    cluster.settle();

    SimulatedCluster.Node first = cluster.nodes().getFirst();
    assertThat(first.state()).as("seed %d", seed).isEqualTo(CrdtModel.names(cluster.everyBlock()));
    for (SimulatedCluster.Node node : cluster.nodes()) {
      assertThat(node.state()).as("state, seed %d", seed).isEqualTo(first.state());
      assertThat(node.replica().heads())
          .as("heads, seed %d", seed)
          .isEqualTo(first.replica().heads());
      assertThat(node.replica().isDirty()).as("dirty, seed %d", seed).isFalse();
      node.told()
          .ifPresent(told -> assertThat(told).as("told, seed %d", seed).isEqualTo(first.state()));
    }
  }

  @Test
  void theSimulationIsNotTame() {
    Set<Integer> heads = new HashSet<>();
    for (long seed = 1; seed <= 20; seed++) {
      SimulatedCluster cluster = new SimulatedCluster(4, seed);
      for (int i = 0; i < STEPS; i++) {
        cluster.step(false);
        heads.add(cluster.nodes().getFirst().replica().heads().size());
      }
      assertThat(cluster.everyBlock()).hasSizeGreaterThan(30);
    }
    assertThat(heads).contains(1, 2, 3, 4);
  }
}
