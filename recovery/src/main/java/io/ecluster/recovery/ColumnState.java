package io.ecluster.recovery;

import java.util.Locale;

/** How a column of a group is. */
enum ColumnState {
  /** Without blocks: counts as zeros, is nowhere, never lost. */
  EMPTY,
  HEALTHY,
  /** No pin, or its holder does not answer. */
  LOST,
  /** Its holder answers but lacks blocks or the pin. */
  UNPINNED,
  /** Whole, but on the peer of a sibling while another peer could have it. */
  SHARED;

  /** As reports name it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
