package io.ecluster.core.cluster;

import io.ecluster.core.monitor.Metric;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Chooses peers for a replicated pin. Pure: the same question has the same answer. */
@FunctionalInterface
public interface Allocator {
  /**
   * The peers that shall hold the pin, current ones first; empty means everywhere.
   *
   * @throws NotEnoughPeersException if fewer than {@code min} can be found
   */
  List<PeerId> allocate(Request request);

  /**
   * What must be placed, and what the peers look like.
   *
   * @param min fewest holders, at least 1
   * @param max most holders
   * @param current holders now
   * @param preferred peers the user asked for
   * @param excluded peers that must not get it
   * @param metrics for each name to allocate by, in order, the latest valid metric of each live
   *     peer
   */
  record Request(
      String what,
      int min,
      int max,
      List<PeerId> current,
      List<PeerId> preferred,
      Set<PeerId> excluded,
      Map<String, List<Metric>> metrics) {}
}
