package io.ecluster.ipld;

import io.ecluster.multiformats.FormatException;
import java.io.InputStream;

/** How files are cut; made from the text that users give, as Kubo understands it. */
public interface Chunking {
  /** Kubo's default. */
  Chunking DEFAULT = new FixedSize(FixedSize.DEFAULT_BYTES);

  /** A chunker of this kind over one stream, which stays the caller's to close. */
  Chunker over(InputStream in);

  /**
   * Parses {@code default} (or nothing) and {@code size-N}. The content-defined {@code rabin…} and
   * {@code buzhash} are known by name only.
   *
   * @throws FormatException naming what was given and what is understood
   */
  static Chunking parse(String text) {
    if (text.isEmpty() || text.equals("default")) {
      return DEFAULT;
    }
    if (text.startsWith("size-")) {
      return FixedSize.parse(text);
    }
    if (text.startsWith("rabin") || text.equals("buzhash")) {
      throw new FormatException("chunker " + text + " is not supported yet; use size-N");
    }
    throw new FormatException("unrecognized chunker option: " + text + "; use size-N");
  }
}
