package io.ecluster.service.api;

import io.ecluster.service.http.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads multipart/form-data part by part, straight from the request, in constant memory. A part's
 * body ends where the delimiter (line end, two dashes, boundary) begins; it is searched for with
 * Horspool's skips.
 */
public final class Multipart {
  private static final int BUFFER_BYTES = 512 * 1024;

  /** Go accepts no more for one part. */
  private static final int MAX_PART_HEADER_BYTES = 16 * 1024;

  private static final int LINE_END_BYTES = 2;

  private final InputStream in;
  private final byte[] delimiter;
  private final int[] skips = new int[256];
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;
  private boolean ended;
  private @Nullable PartBody current;

  /**
   * @throws ApiException if {@code contentType} is not multipart with a boundary
   */
  public Multipart(InputStream in, String contentType) {
    this.in = in;
    this.delimiter = ("\r\n--" + boundary(contentType)).getBytes(StandardCharsets.UTF_8);
    java.util.Arrays.fill(skips, delimiter.length);
    for (int i = 0; i < delimiter.length - 1; i++) {
      skips[delimiter[i] & 0xff] = delimiter.length - 1 - i;
    }
    // The first delimiter has no line end before it: pretend that there is one, as behind a header.
    buffer[0] = '\r';
    buffer[1] = '\n';
    to = 2;
  }

  private static String boundary(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    int at = type.indexOf("boundary=");
    if (!type.startsWith("multipart/form-data") || at < 0) {
      throw ApiException.badRequest("request Content-Type isn't multipart/form-data");
    }
    String rest = contentType.substring(at + "boundary=".length());
    String boundary = rest.split(";", 2)[0].strip().replace("\"", "");
    if (boundary.isEmpty() || boundary.length() > 70) {
      throw ApiException.badRequest("multipart boundary must have 1 to 70 characters");
    }
    return boundary;
  }

  /** One part; header names are in lower case. */
  record Part(Map<String, String> headers, InputStream body) {}

  /**
   * The next part, null after the last. What was left of the one before is skipped.
   *
   * @throws ApiException if the body is not what multipart/form-data must be, or ends too early
   */
  @Nullable Part next() throws IOException {
    if (ended) {
      return null;
    }
    ended = true; // also after a failure
    if (current == null) {
      skipPreamble();
    } else {
      current.skipRest();
    }
    if (!startOfPart()) {
      return null;
    }
    Map<String, String> headers = headers();
    PartBody body = new PartBody();
    current = body;
    ended = false;
    return new Part(headers, body);
  }

  private void skipPreamble() throws IOException {
    PartBody preamble = new PartBody();
    current = preamble;
    preamble.skipRest();
  }

  /** After a delimiter: a line end begins a part, two dashes end it all. */
  private boolean startOfPart() throws IOException {
    if (!require(2)) {
      throw ApiException.badRequest("multipart body ends inside a delimiter");
    }
    if (buffer[from] == '-' && buffer[from + 1] == '-') {
      from += 2;
      return false;
    }
    while (require(1) && (buffer[from] == ' ' || buffer[from] == '\t')) {
      from++;
    }
    if (!require(2) || buffer[from] != '\r' || buffer[from + 1] != '\n') {
      throw ApiException.badRequest("malformed multipart delimiter");
    }
    from += 2;
    return true;
  }

  /** The line end of the empty line is left: it may be that of the next delimiter. */
  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new TreeMap<>();
    int used = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      used += line.length();
      int colon = line.indexOf(':');
      if (colon <= 0 || used > MAX_PART_HEADER_BYTES) {
        throw ApiException.badRequest("malformed multipart header");
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      headers.put(name, line.substring(colon + 1).strip());
    }
    from -= LINE_END_BYTES;
    return headers;
  }

  private String line() throws IOException {
    for (int length = 0; length < MAX_PART_HEADER_BYTES; length++) {
      if (!require(length + 2)) {
        throw ApiException.badRequest("multipart body ends inside a header");
      }
      if (buffer[from + length] == '\r' && buffer[from + length + 1] == '\n') {
        String line = new String(buffer, from, length, StandardCharsets.UTF_8);
        from += length + 2;
        return line;
      }
    }
    throw ApiException.badRequest("multipart header line is too long");
  }

  /** Makes sure that {@code count} bytes are in the buffer, if they come. */
  private boolean require(int count) throws IOException {
    while (to - from < count) {
      if (!fill()) {
        return false;
      }
    }
    return true;
  }

  private boolean fill() throws IOException {
    if (from > BUFFER_BYTES / 2 || to == BUFFER_BYTES) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      to -= from;
      from = 0;
    }
    int count = in.read(buffer, to, BUFFER_BYTES - to);
    to += Math.max(count, 0);
    return count > 0;
  }

  /** Where the delimiter starts in the buffer at {@code start} or behind it, or −1. */
  private int findDelimiter(int start) {
    int last = delimiter.length - 1;
    for (int end = start + last; end < to; end += skips[buffer[end] & 0xff]) {
      int i = last;
      while (i >= 0 && buffer[end - last + i] == delimiter[i]) {
        i--;
      }
      if (i < 0 && mayEndThere(end + 1)) {
        return end - last;
      }
    }
    return -1;
  }

  /** A boundary that goes on with other characters is content that looks like one. */
  private boolean mayEndThere(int next) {
    return next >= to || " \t\r\n-".indexOf(buffer[next]) >= 0;
  }

  /** The body of the part being read. */
  private final class PartBody extends InputStream {
    private boolean first = true;
    private boolean finished;
    private int safe; // bytes before this index belong to the body

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int at, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!hasByte()) {
        return -1;
      }
      int count = Math.min(length, safe - from);
      System.arraycopy(buffer, from, bytes, at, count);
      from += count;
      return count;
    }

    /** Whether a body byte is in the buffer, after reading more when needed. */
    private boolean hasByte() throws IOException {
      if (current != this) {
        return false; // the next part has been asked for
      }
      if (first) {
        first = false;
        skipLineEnd();
      }
      while (!finished && safe <= from) {
        boolean more = fill();
        scan();
        if (!more && !finished) {
          ended = true;
          throw ApiException.badRequest("multipart body ends inside a part");
        }
      }
      return safe > from;
    }

    /** A body that is not even empty has no line end of its own before the delimiter. */
    private void skipLineEnd() throws IOException {
      boolean enough = require(delimiter.length + 1);
      if (!enough || findDelimiter(from) != from) {
        from += LINE_END_BYTES;
      }
      scan();
    }

    private void scan() {
      int found = findDelimiter(from);
      finished = found >= 0 && found + delimiter.length < to; // the byte behind decides
      safe = found >= 0 ? found : Math.max(from, to - delimiter.length + 1);
    }

    void skipRest() throws IOException {
      while (hasByte()) {
        from = safe;
      }
      from = safe + delimiter.length;
    }
  }
}
