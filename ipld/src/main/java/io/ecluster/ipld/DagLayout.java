package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;

/** The shapes of tree that a file's leaves can be put under. */
public enum DagLayout {
  /** All leaves at one depth: Kubo's default. */
  BALANCED(UnixFs.Type.FILE),
  /** Leaves nearer to the root the earlier they come, for streaming. */
  TRICKLE(UnixFs.Type.RAW);

  private final UnixFs.Type leafType;

  DagLayout(UnixFs.Type leafType) {
    this.leafType = leafType;
  }

  /**
   * Parses {@code balanced} (or nothing) and {@code trickle}.
   *
   * @throws FormatException for any other layout
   */
  public static DagLayout parse(String text) {
    return switch (text) {
      case "", "balanced" -> BALANCED;
      case "trickle" -> TRICKLE;
      default -> throw new FormatException("unknown layout " + text + "; use balanced or trickle");
    };
  }

  /** What leaves that are not raw say they are. */
  UnixFs.Type leafType() {
    return leafType;
  }

  /** Whether a file without bytes has a leaf without bytes, instead of a root without links. */
  boolean emptyFileHasLeaf() {
    return this == BALANCED;
  }

  Layout over(NodeWriter writer) {
    return switch (this) {
      case BALANCED -> new BalancedLayout(writer);
      case TRICKLE -> new TrickleLayout(writer);
    };
  }
}
