package io.ecluster.erasure;

import java.util.List;

/** Where coded groups go. May block the caller: this is how back-pressure travels. */
public interface GroupSink {
  /** The next stripe of the group that is open; blocks of no other stripe are in memory. */
  void stripe(Stripe stripe);

  /**
   * All stripes of a group have been given.
   *
   * @param shards the shard nodes of the columns that are not empty, in order of their columns
   */
  void groupClosed(GroupNode group, List<ShardNode> shards);
}
