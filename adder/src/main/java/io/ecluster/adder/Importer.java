package io.ecluster.adder;

import java.util.Iterator;

/** Makes blocks of what a client sends. */
interface Importer {
  /**
   * Imports everything and gives the event of the root, not told yet.
   *
   * @throws IllegalArgumentException if the entries are not what they should be
   */
  AddEvent importAll(Iterator<AddEntry> entries);

  /** Bytes of all files so far. */
  long fileBytes();
}
