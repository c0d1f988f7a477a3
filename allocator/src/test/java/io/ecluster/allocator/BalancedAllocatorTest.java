package io.ecluster.allocator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.cluster.Allocator.Request;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.monitor.Metric;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class BalancedAllocatorTest {
  private static final Vectors VECTORS = Vectors.load("allocation");
  private static final String REGIONS = "balanced allocator region+freespace";
  private static final int ALL = 5;

  private final BalancedAllocator allocator = new BalancedAllocator();
  private final List<Metric> regions = new ArrayList<>();
  private final List<Metric> space = new ArrayList<>();

  BalancedAllocatorTest() {
    for (JsonNode peer : VECTORS.named(REGIONS).node().get("meaning").get("input")) {
      PeerId id = PeerId.parse(peer.get("peer").asString());
      long free = peer.get("freespace").asLong();
      regions.add(metric("tag:region", id, peer.get("region").asString(), 0, true));
      space.add(metric("freespace", id, Long.toString(free), free, false));
    }
  }

  @Test
  void ordersByRegionAndSpaceAsGoDoes() {
    assertThat(allocator.allocate(request(ALL, ALL, List.of(), List.of())))
        .isEqualTo(order(REGIONS));
  }

  @Test
  void takesPreferredPeersFirstAsGoDoes() {
    List<PeerId> expected = order("balanced allocator with a priority peer");
    List<PeerId> preferred = List.of(expected.getFirst());
    assertThat(allocator.allocate(request(ALL, ALL, List.of(), preferred))).isEqualTo(expected);
  }

  @Test
  void ordersBySpaceAloneAsGoDoes() {
    Request request =
        new Request("CID x", ALL, ALL, List.of(), List.of(), Set.of(), Map.of("freespace", space));
    assertThat(allocator.allocate(request)).isEqualTo(order("balanced allocator freespace only"));
  }

  @Test
  void keepsHoldersThatAreEnough() {
    List<PeerId> holders = List.of(space.get(4).peer(), TestPeers.peer(7), space.get(0).peer());
    assertThat(allocator.allocate(request(2, 3, holders, List.of()))).isEqualTo(holders);
  }

  @Test
  void addsToHoldersThatAreTooFew() {
    List<PeerId> holders = List.of(space.get(2).peer());
    List<PeerId> chosen = allocator.allocate(request(2, 3, holders, List.of()));
    assertThat(chosen).hasSize(3).doesNotHaveDuplicates().startsWith(space.get(2).peer());
  }

  @Test
  void dropsTheLastOfTooManyHolders() {
    List<PeerId> holders = space.stream().map(Metric::peer).toList();
    assertThat(allocator.allocate(request(1, 2, holders, List.of())))
        .isEqualTo(holders.subList(0, 2));
  }

  @Test
  void passesOverPeersThatLackAMetric() {
    PeerId incomplete = regions.removeFirst().peer();
    assertThat(allocator.allocate(request(1, ALL, List.of(), List.of())))
        .hasSize(4)
        .doesNotContain(incomplete);
  }

  @Test
  void neverChoosesExcludedPeers() {
    PeerId bad = space.get(1).peer();
    Request request =
        new Request("CID x", 1, ALL, List.of(bad), List.of(bad), Set.of(bad), metrics());
    assertThat(allocator.allocate(request)).hasSize(4).doesNotContain(bad);
  }

  @Test
  void saysHowManyPeersAreMissing() {
    assertThatThrownBy(() -> allocator.allocate(request(6, 7, List.of(), List.of())))
        .isInstanceOf(NotEnoughPeersException.class)
        .hasMessage(
            "not enough peers to allocate CID x. Needed at least: 6. Wanted at most: 7."
                + " Available candidates: 5. See logs for more info.");
  }

  private Request request(int min, int max, List<PeerId> current, List<PeerId> preferred) {
    return new Request("CID x", min, max, current, preferred, Set.of(), metrics());
  }

  private Map<String, List<Metric>> metrics() {
    Map<String, List<Metric>> metrics = new LinkedHashMap<>();
    metrics.put("tag:region", regions);
    metrics.put("freespace", space);
    return metrics;
  }

  private static List<PeerId> order(String vector) {
    List<PeerId> order = new ArrayList<>();
    VECTORS
        .named(vector)
        .node()
        .get("meaning")
        .get("order")
        .forEach(peer -> order.add(PeerId.parse(peer.asString())));
    assertThat(order).hasSize(ALL);
    return order;
  }

  private static Metric metric(
      String name, PeerId peer, String value, long weight, boolean partitionable) {
    return new Metric(name, peer, value, Instant.MAX, true, weight, partitionable, Instant.EPOCH);
  }
}
