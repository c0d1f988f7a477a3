package io.ecluster.service.config;

/** What the sections of all HTTP servers have in common. */
final class HttpServerSettings {
  /** Go's default, and the least it accepts. */
  private static final int MIN_HEADER_BYTES = 4096;

  private HttpServerSettings() {}

  static int maxHeaderBytes(Section s, String section) {
    int bytes = s.integer("max_header_bytes", MIN_HEADER_BYTES);
    if (bytes < MIN_HEADER_BYTES) {
      throw new ConfigException(
          section + ".max_header_bytes must be at least " + MIN_HEADER_BYTES + ", not " + bytes);
    }
    return bytes;
  }
}
