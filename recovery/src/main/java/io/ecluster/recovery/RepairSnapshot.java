package io.ecluster.recovery;

import io.ecluster.allocator.Candidate;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Set;

/**
 * All that repair decides by.
 *
 * @param live peers that answer and may get shards
 * @param excluded peers that failed before and get none
 */
record RepairSnapshot(List<GroupSnapshot> groups, List<Candidate> live, Set<PeerId> excluded) {
  RepairSnapshot {
    groups = List.copyOf(groups);
    live = List.copyOf(live);
    excluded = Set.copyOf(excluded);
  }
}
