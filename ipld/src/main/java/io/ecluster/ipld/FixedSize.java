package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Cuts after every {@code bytes} bytes; only the last piece may be shorter. */
record FixedSize(int bytes) implements Chunking {
  static final int DEFAULT_BYTES = 256 * 1024;

  /** What fits a block with room for the wrapping of a leaf that is not raw; Kubo's limit. */
  static final int MAX_BYTES = Block.MAX_BYTES - 256;

  FixedSize {
    if (bytes <= 0) {
      throw new FormatException("chunker size must be greater than 0");
    }
    if (bytes > MAX_BYTES) {
      throw new FormatException("chunker size " + bytes + " is over the maximum of " + MAX_BYTES);
    }
  }

  /** Parses {@code size-N}, cut at its dashes. */
  static FixedSize parse(String[] parts) {
    try {
      if (parts.length == 2) {
        return new FixedSize(Integer.parseInt(parts[1]));
      }
    } catch (NumberFormatException e) {
      throw new FormatException("chunker size is not a number: " + parts[1], e);
    }
    throw new FormatException("expected chunker size-N");
  }

  @Override
  public Chunker over(InputStream in) {
    return () -> next(in);
  }

  private byte @Nullable [] next(InputStream in) throws IOException {
    byte[] chunk = new byte[bytes];
    int read = in.readNBytes(chunk, 0, bytes);
    if (read == 0) {
      return null;
    }
    return read == bytes ? chunk : Arrays.copyOf(chunk, read);
  }

  @Override
  public String toString() {
    return "size-" + bytes;
  }
}
