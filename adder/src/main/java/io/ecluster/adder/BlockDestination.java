package io.ecluster.adder;

import io.ecluster.ipld.BlockSink;
import io.ecluster.multiformats.Cid;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where the blocks of an add go, and how their root is pinned. The two kinds of add differ only
 * here.
 */
interface BlockDestination extends BlockSink, AutoCloseable {
  /**
   * All blocks have been put: stores what is left, pins, and returns when it is safe.
   *
   * @param fileBytes bytes of all files added
   */
  Optional<AddEvent.Receipt> commit(Cid root, long fileBytes, Consumer<AddEvent> events);

  /** Undoes what was pinned unless it was committed. */
  @Override
  void close();
}
