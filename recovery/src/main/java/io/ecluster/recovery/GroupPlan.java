package io.ecluster.recovery;

import java.util.List;
import java.util.Optional;

/** What is to be done about one group. */
sealed interface GroupPlan {
  GroupSnapshot group();

  /** How many peers may be lost now; below zero when the group cannot be decoded. */
  int margin();

  /** As many peers as can be may be lost. */
  record Healthy(GroupSnapshot group, int margin) implements GroupPlan {}

  /**
   * Work.
   *
   * @param group with the columns to move for being co-located marked so
   * @param relaxed soft rules of placement that could not be kept
   * @param shortage why some lost columns stay lost
   */
  record Repair(
      GroupSnapshot group,
      int margin,
      int marginAfter,
      List<ColumnRepair> columns,
      long bytesToRead,
      long bytesToWrite,
      List<String> relaxed,
      Optional<String> shortage)
      implements GroupPlan {
    public Repair {
      columns = List.copyOf(columns);
      relaxed = List.copyOf(relaxed);
    }
  }

  /**
   * Too much is lost.
   *
   * @param missing columns that cannot be read whole
   * @param have columns that can be read of the stripe that is worst off
   */
  record Unrepairable(
      GroupSnapshot group, int margin, List<Integer> missing, int have, int need, String why)
      implements GroupPlan {
    public Unrepairable {
      missing = List.copyOf(missing);
    }
  }

  /**
   * No peer is free for any lost column.
   *
   * @param needed peers for all columns that have blocks
   * @param live peers there are
   */
  record NotEnoughPeers(GroupSnapshot group, int margin, int needed, int live, String why)
      implements GroupPlan {}
}
