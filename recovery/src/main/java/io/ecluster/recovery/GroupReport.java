package io.ecluster.recovery;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/**
 * What became, or would become, of one group.
 *
 * @param group its number, from 0
 * @param groups how many the coding has
 * @param state healthy, planned, repaired, failed or unrepairable
 * @param margin how many peers may be lost, before; below zero when it cannot be decoded
 * @param marginAfter how many after the repair
 * @param error empty if all is well
 */
public record GroupReport(
    Cid root,
    String name,
    int group,
    int groups,
    int dataShards,
    int parityShards,
    String state,
    int margin,
    int marginAfter,
    List<Shard> shards,
    long bytesToRead,
    long bytesToWrite,
    String error) {

  static final String HEALTHY = "healthy";
  static final String PLANNED = "planned";
  public static final String REPAIRED = "repaired";
  static final String FAILED = "failed";
  static final String UNREPAIRABLE = "unrepairable";

  public GroupReport {
    shards = List.copyOf(shards);
  }

  /**
   * One column.
   *
   * @param peer who is to hold it by its pin
   * @param state healthy, lost, unpinned, shared, empty or rebuilt
   * @param newPeer who holds it now, or would, if that is another
   */
  public record Shard(
      int column,
      Optional<Cid> cid,
      Optional<PeerId> peer,
      String state,
      Optional<PeerId> newPeer) {
    static final String REBUILT = "rebuilt";
  }
}
