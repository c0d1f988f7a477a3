package io.ecluster.allocator;

import io.ecluster.core.cluster.Allocator;
import io.ecluster.core.cluster.NotEnoughPeersException;
import io.ecluster.core.monitor.Metric;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chooses peers for a replicated pin as IPFS Cluster's "balanced" allocator does, so that Java and
 * Go peers of one cluster place alike.
 *
 * <p>A peer can be chosen only if it published every metric that is allocated by. Current holders
 * stay as long as they are enough and not too many; the rest comes from the peers the user prefers,
 * then from all others, each in the order of {@link MetricTree}.
 *
 * <p>Among peers that are equal in all metrics the order is free; here it is that of their ids.
 */
public final class BalancedAllocator implements Allocator {
  @Override
  public List<PeerId> allocate(Request request) {
    Map<PeerId, List<Metric>> able = able(request);
    List<PeerId> current = request.current().stream().filter(able::containsKey).toList();
    int needed = request.min() - current.size();
    int wanted = request.max() - current.size();
    if (wanted < 0) {
      return current.subList(0, request.max());
    }
    return needed <= 0 ? request.current() : extended(request, able, current, needed, wanted);
  }

  private static List<PeerId> extended(
      Request request,
      Map<PeerId, List<Metric>> able,
      List<PeerId> current,
      int needed,
      int wanted) {
    Set<PeerId> preferred = new HashSet<>(request.preferred());
    List<PeerId> free = able.keySet().stream().filter(peer -> !current.contains(peer)).toList();
    if (free.size() < needed) {
      throw new NotEnoughPeersException(refusal(request, needed, wanted, free.size()));
    }
    Stream<PeerId> first = ordered(free.stream().filter(preferred::contains).toList(), able);
    Stream<PeerId> second =
        ordered(free.stream().filter(peer -> !preferred.contains(peer)).toList(), able);
    return Stream.concat(current.stream(), Stream.concat(first, second).limit(wanted)).toList();
  }

  private static Stream<PeerId> ordered(List<PeerId> peers, Map<PeerId, List<Metric>> metrics) {
    return MetricTree.of(peers, metrics).order().stream();
  }

  /** The peers that may be chosen, sorted, each with its metrics in the order to allocate by. */
  private static Map<PeerId, List<Metric>> able(Request request) {
    List<Map<PeerId, Metric>> byName =
        request.metrics().values().stream().map(BalancedAllocator::byPeer).toList();
    Map<PeerId, List<Metric>> able = new LinkedHashMap<>();
    for (PeerId peer : new TreeSet<>(byName.isEmpty() ? Set.of() : byName.getFirst().keySet())) {
      boolean hasAll = byName.stream().allMatch(metrics -> metrics.containsKey(peer));
      if (hasAll && !request.excluded().contains(peer)) {
        able.put(peer, metricsOf(peer, byName));
      }
    }
    return able;
  }

  private static List<Metric> metricsOf(PeerId peer, List<Map<PeerId, Metric>> byName) {
    List<Metric> own = new ArrayList<>();
    for (Map<PeerId, Metric> metrics : byName) {
      own.add(java.util.Objects.requireNonNull(metrics.get(peer)));
    }
    return own;
  }

  private static Map<PeerId, Metric> byPeer(List<Metric> metrics) {
    return metrics.stream().collect(Collectors.toMap(Metric::peer, m -> m, (_, later) -> later));
  }

  /** Worded as Go words it. */
  private static String refusal(Request request, int needed, int wanted, int available) {
    return "not enough peers to allocate "
        + request.what()
        + ". Needed at least: "
        + needed
        + ". Wanted at most: "
        + wanted
        + ". Available candidates: "
        + available
        + ". See logs for more info.";
  }
}
