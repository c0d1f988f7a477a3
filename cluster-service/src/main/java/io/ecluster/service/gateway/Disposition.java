package io.ecluster.service.gateway;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The value of a {@code Content-Disposition} header. */
final class Disposition {
  private static final String PLAIN = "-_.~$&+=:@";

  private Disposition() {}

  static String inline(String name) {
    return of("inline", name);
  }

  static String attachment(String name) {
    return of("attachment", name);
  }

  /** The name twice: in ASCII for old clients, in UTF-8 for others; nothing can end the quotes. */
  private static String of(String type, String name) {
    String ascii =
        name.codePoints()
            .map(c -> c < 128 ? c : '_')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return type + "; filename=\"" + escape(ascii) + "\"; filename*=UTF-8''" + escape(name);
  }

  /** Percent signs before all that a segment of a path cannot hold. */
  static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if ((c < 128 && Character.isLetterOrDigit(c)) || PLAIN.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    return out.toString();
  }
}
