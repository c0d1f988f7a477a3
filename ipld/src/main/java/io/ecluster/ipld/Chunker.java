package io.ecluster.ipld;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Cuts a stream into the pieces that become a file's leaves. Used by one thread. */
public interface Chunker {
  /** The next piece, never empty, in an array of its own; null at the end of the stream. */
  byte @Nullable [] next() throws IOException;
}
