package io.ecluster.adder;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/**
 * Something that happened during an add. The last event of an add is its root.
 *
 * @param name path of the entry; empty for a wrapping folder
 * @param cid empty while a file is being read
 * @param bytes read so far, 0 if not told
 * @param size of the DAG with all below it, 0 if not told
 * @param receipt on the root of an erasure-coded add
 */
public record AddEvent(
    String name,
    Optional<Cid> cid,
    long bytes,
    long size,
    List<PeerId> allocations,
    Optional<Receipt> receipt) {

  public AddEvent {
    allocations = List.copyOf(allocations);
  }

  /**
   * What erasure coding came to.
   *
   * @param size bytes of the DAG's blocks
   * @param storedBytes bytes of all blocks stored for it on all peers, manifest included
   * @param margin how many peers may be lost, whichever they are
   * @param relaxed in words, each wish of placement that could not be met
   */
  public record Receipt(
      int dataShards,
      int parityShards,
      int groups,
      long size,
      long storedBytes,
      int margin,
      List<String> relaxed) {
    public Receipt {
      relaxed = List.copyOf(relaxed);
    }
  }
}
