package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A peer without a state joins a cluster of more than a thousand updates, each on top of the one
 * before. It knows a peer of the other kind only.
 */
@NeedsKubo
@NeedsGoCluster
class NewcomerAtDepthTest {
  private static final int DEPTH = 1000;

  /** Some do not add to the depth. */
  private static final int UPDATES = 1060;

  private static final int CIDS = 16;

  /** Are pinned first and never again, so that only who goes down to the end knows them. */
  private static final int AT_THE_BOTTOM = 8;

  @Test
  void itHasTheSamePins() {
    try (MixedCluster cluster = new MixedCluster(4)) {
      MixedPeer go = cluster.go("go", Map.of());
      MixedPeer ours = cluster.ours("ours", Map.of());
      cluster.start();
      List<String> cids = RandomPins.contents(go.kubo(), new Random(8), CIDS);
      DeepDag dag = new DeepDag(List.of(go, ours));
      List<String> bottom = cids.subList(0, AT_THE_BOTTOM);
      dag.raise(bottom, AT_THE_BOTTOM);
      dag.raise(cids.subList(AT_THE_BOTTOM, CIDS), UPDATES);

      Newcomer newOurs = Newcomer.join(cluster.ours("new-ours", Map.of()), go, bottom);
      newOurs.peer().stop();
      Newcomer newGo = Newcomer.join(cluster.go("new-go", Map.of()), ours, bottom);
      newGo.peer().stop();
      for (Newcomer newcomer : List.of(newOurs, newGo)) {
        System.err.println(newcomer.peer().name() + " had all pins after " + newcomer.untilSame());
      }
      assertThat(newOurs.peer().exported()).hasSize(CIDS).isEqualTo(newGo.peer().exported());
      CrdtDag itsDag = CrdtDag.of(newOurs.peer());
      assertThat(itsDag).isEqualTo(CrdtDag.of(newGo.peer()));
      assertThat(itsDag.size()).isEqualTo(UPDATES + AT_THE_BOTTOM);
      assertThat(itsDag.height()).isGreaterThanOrEqualTo(DEPTH);
    }
  }
}
