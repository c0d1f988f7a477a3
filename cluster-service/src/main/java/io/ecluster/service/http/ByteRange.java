package io.ecluster.service.http;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part [from, to) of a file that a Range header asks for. */
public record ByteRange(long from, long to) {
  private static final Pattern SINGLE =
      Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})", Pattern.CASE_INSENSITIVE);

  /**
   * Parses one range; none, several or nonsense mean the whole file, as HTTP has it. An empty file
   * is always sent whole, as Go does.
   *
   * @throws ApiException with 416 if it lies outside of the file
   */
  public static ByteRange parse(String header, long size) {
    Matcher match = SINGLE.matcher(header.strip());
    if (size == 0 || !match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
      return new ByteRange(0, size);
    }
    if (match.group(1).isEmpty()) {
      long last = Long.parseLong(match.group(2));
      return satisfiable(Math.max(0, size - last), last == 0 ? 0 : size, size);
    }
    long from = Long.parseLong(match.group(1));
    long to = match.group(2).isEmpty() ? size : Long.parseLong(match.group(2)) + 1;
    if (to <= from && !match.group(2).isEmpty()) {
      return new ByteRange(0, size); // backwards is nonsense
    }
    return satisfiable(from, Math.min(to, size), size);
  }

  /** Whether it is one range, and not nonsense that is passed over. */
  public static boolean isValid(String header) {
    Matcher match = SINGLE.matcher(header.strip());
    if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
      return false;
    }
    return match.group(1).isEmpty()
        || match.group(2).isEmpty()
        || Long.parseLong(match.group(1)) <= Long.parseLong(match.group(2));
  }

  private static ByteRange satisfiable(long from, long to, long size) {
    if (from >= to) {
      throw new ApiException(
          416,
          "range is outside of the file, which has " + size + " bytes",
          Map.of("Content-Range", "bytes */" + size));
    }
    return new ByteRange(from, to);
  }

  public boolean whole(long size) {
    return from == 0 && to == size;
  }

  /** For Content-Range. */
  public String header(long size) {
    return "bytes " + from + "-" + (to - 1) + "/" + size;
  }
}
