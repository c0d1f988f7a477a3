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
   * Parses {@code default} (or nothing), {@code size-N}, {@code rabin}, {@code rabin-AVG}, {@code
   * rabin-MIN-AVG-MAX} and {@code buzhash}.
   *
   * @throws FormatException naming what was given and what is understood
   */
  static Chunking parse(String text) {
    if (text.isEmpty() || text.equals("default")) {
      return DEFAULT;
    }
    String[] parts = text.split("-", -1);
    return switch (parts[0]) {
      case "size" -> FixedSize.parse(parts);
      case "rabin" -> Rabin.parse(parts);
      case "buzhash" -> new Buzhash();
      default ->
          throw new FormatException(
              "unrecognized chunker option: " + text + "; there are size-N, rabin and buzhash");
    };
  }
}
