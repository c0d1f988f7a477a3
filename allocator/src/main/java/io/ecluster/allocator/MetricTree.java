package io.ecluster.allocator;

import io.ecluster.core.monitor.Metric;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Peers partitioned by their first metric, within a partition by the second, and so on.
 *
 * <p>Peers with the same value of a partitionable metric (a tag) form one partition; of other
 * metrics (free space) each peer is its own. Partitions are sorted by the summed weight of their
 * metric, largest first, then by the weight of all that is below, then by value. The order of the
 * peers takes one from each partition in turn, each partition giving its own in the same way: with
 * {@code tag:region, freespace} the emptiest peer of each region comes first, then the second of
 * each.
 *
 * <p>Example: us {900, 500}, asia {700}, eu {300, 100} are taken as us 900, asia 700, eu 300, us
 * 500, eu 100. Source: allocator/balanced of IPFS Cluster v1.1.6.
 *
 * @param weight of the metric that made this partition, summed over its peers
 * @param aggregated that weight and those of all partitions below
 */
record MetricTree(
    String value, long weight, long aggregated, List<PeerId> peers, List<MetricTree> parts) {

  private static final Comparator<MetricTree> HEAVIEST_FIRST =
      Comparator.comparingLong(MetricTree::weight)
          .thenComparingLong(MetricTree::aggregated)
          .reversed()
          .thenComparing(MetricTree::value);

  /** The tree of these peers; each has its metrics in the same order. */
  static MetricTree of(List<PeerId> peers, Map<PeerId, List<Metric>> metrics) {
    return of("", 0, peers, metrics, 0);
  }

  private static MetricTree of(
      String value, long weight, List<PeerId> peers, Map<PeerId, List<Metric>> all, int depth) {
    if (peers.isEmpty() || depth == metrics(peers.getFirst(), all).size()) {
      return new MetricTree(value, weight, weight, peers, List.of());
    }
    List<MetricTree> parts =
        partition(peers, all, depth).values().stream()
            .map(group -> part(group, all, depth))
            .sorted(HEAVIEST_FIRST)
            .toList();
    long aggregated = weight + parts.stream().mapToLong(MetricTree::aggregated).sum();
    return new MetricTree(value, weight, aggregated, peers, parts);
  }

  private static MetricTree part(List<PeerId> group, Map<PeerId, List<Metric>> all, int depth) {
    long weight = group.stream().mapToLong(peer -> metrics(peer, all).get(depth).weight()).sum();
    return of(metrics(group.getFirst(), all).get(depth).value(), weight, group, all, depth + 1);
  }

  private static Map<Object, List<PeerId>> partition(
      List<PeerId> peers, Map<PeerId, List<Metric>> all, int depth) {
    Map<Object, List<PeerId>> groups = new LinkedHashMap<>();
    for (PeerId peer : peers) {
      Metric metric = metrics(peer, all).get(depth);
      Object key = metric.partitionable() ? metric.value() : peer;
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(peer);
    }
    return groups;
  }

  private static List<Metric> metrics(PeerId peer, Map<PeerId, List<Metric>> all) {
    return Objects.requireNonNull(all.get(peer));
  }

  /** All peers, the best first. */
  List<PeerId> order() {
    if (parts.isEmpty()) {
      return peers;
    }
    List<Deque<PeerId>> queues = new ArrayList<>();
    parts.forEach(part -> queues.add(new ArrayDeque<>(part.order())));
    List<PeerId> order = new ArrayList<>();
    while (order.size() < peers.size()) {
      queues.stream().filter(queue -> !queue.isEmpty()).forEach(queue -> order.add(queue.remove()));
    }
    return order;
  }
}
