package io.ecluster.adder;

import io.ecluster.multiformats.Cid;
import java.util.Iterator;
import java.util.function.Consumer;

/** Adds files: entries in, blocks on peers and a pin out. */
public interface Adder {
  /**
   * Adds all entries and gives the root. When it returns, the root is stored as asked and pinned;
   * when it throws, nothing it pinned stays pinned.
   *
   * @param entries read to the end, one at a time; what its methods throw fails the add
   * @param events told in order, by one thread at a time
   * @throws IllegalArgumentException if the request cannot be fulfilled as it is
   * @throws io.ecluster.core.cluster.NotEnoughPeersException if there are too few peers
   */
  Cid add(AddRequest request, Iterator<AddEntry> entries, Consumer<AddEvent> events);
}
