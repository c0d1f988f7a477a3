package io.ecluster.core.cluster;

import io.ecluster.core.monitor.Metric;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Keeps current holders and adds those with most free space: enough of an allocator for tests. */
final class FirstPeersAllocator implements Allocator {
  @Override
  public List<PeerId> allocate(Request request) {
    List<PeerId> able =
        Objects.requireNonNull(request.metrics().get(Metric.FREESPACE)).stream()
            .sorted(java.util.Comparator.comparingLong(Metric::weight).reversed())
            .map(Metric::peer)
            .filter(peer -> !request.excluded().contains(peer))
            .toList();
    List<PeerId> chosen =
        new ArrayList<>(request.current().stream().filter(able::contains).toList());
    if (chosen.size() >= request.min()) {
      return request.current();
    }
    able.stream()
        .filter(peer -> !chosen.contains(peer))
        .limit(request.max() - chosen.size())
        .forEach(chosen::add);
    if (chosen.size() < request.min()) {
      throw new NotEnoughPeersException("not enough peers to allocate " + request.what());
    }
    return chosen;
  }
}
