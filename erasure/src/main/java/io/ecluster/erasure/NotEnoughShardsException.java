package io.ecluster.erasure;

import java.util.List;

/** Too many shards of a group are lost to decode a stripe of it. */
public final class NotEnoughShardsException extends ErasureException {
  private final int group;
  private final List<Integer> missing;
  private final int have;
  private final int need;

  /**
   * @param missing the columns that cannot be read
   * @param have how many can be, those that are only padding among them
   */
  public NotEnoughShardsException(int group, List<Integer> missing, int have, int need) {
    super(
        "group %d cannot be decoded: %d of its shards can be read, %d are needed; missing shards %s"
            .formatted(group, have, need, missing));
    this.group = group;
    this.missing = List.copyOf(missing);
    this.have = have;
    this.need = need;
  }

  public int group() {
    return group;
  }

  /** The columns that could not be read. */
  public List<Integer> missing() {
    return missing;
  }

  /** How many columns could be read, those that are only padding among them. */
  public int have() {
    return have;
  }

  public int need() {
    return need;
  }
}
