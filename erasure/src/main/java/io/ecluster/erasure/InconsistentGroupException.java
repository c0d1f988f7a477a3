package io.ecluster.erasure;

/**
 * Rebuilt bytes that are not what the group node says. As every block read was checked against its
 * own hash, data and parity of the stripe do not belong together, or the group node lies.
 */
public final class InconsistentGroupException extends ErasureException {
  private final int group;
  private final int column;

  InconsistentGroupException(int group, int stripe, int column, CodedBlock block) {
    super(
        "group %d, stripe %d, column %d: rebuilt block does not hash to %s"
            .formatted(group, stripe, column, block.hash()));
    this.group = group;
    this.column = column;
  }

  public int group() {
    return group;
  }

  public int column() {
    return column;
  }
}
