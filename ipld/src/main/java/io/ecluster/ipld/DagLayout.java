package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;

/** The shapes of tree that a file's leaves can be put under. */
public enum DagLayout {
  /** All leaves at one depth: Kubo's default. */
  BALANCED;

  /**
   * Parses {@code balanced} (or nothing).
   *
   * @throws FormatException for any other layout
   */
  public static DagLayout parse(String text) {
    return switch (text) {
      case "", "balanced" -> BALANCED;
      case "trickle" ->
          throw new FormatException("layout trickle is not supported yet; use balanced");
      default -> throw new FormatException("unknown layout " + text + "; use balanced");
    };
  }

  Layout over(NodeWriter writer) {
    return switch (this) {
      case BALANCED -> new BalancedLayout(writer);
    };
  }
}
