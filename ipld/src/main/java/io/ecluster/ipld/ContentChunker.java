package io.ecluster.ipld;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts a stream by a rule that looks at the bytes, of which it keeps one longest chunk. */
final class ContentChunker implements Chunker {
  private final InputStream in;
  private final CutRule rule;
  private final byte[] buffer;
  private int held;

  ContentChunker(InputStream in, CutRule rule) {
    this.in = in;
    this.rule = rule;
    this.buffer = new byte[rule.maxBytes()];
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    held += in.readNBytes(buffer, held, buffer.length - held);
    if (held == 0) {
      return null;
    }
    int length = rule.cut(buffer, held);
    byte[] chunk = Arrays.copyOf(buffer, length);
    held -= length;
    System.arraycopy(buffer, length, buffer, 0, held);
    return chunk;
  }
}
