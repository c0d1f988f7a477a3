package io.ecluster.service.gateway;

import io.ecluster.ipld.PathTarget;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.Reading;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import io.ecluster.service.read.ContentPath;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a request leads to.
 *
 * @param path as it was asked for
 * @param found where it ends
 */
record Target(
    Exchange x,
    Query query,
    Format.Wanted wanted,
    ContentPath path,
    PathTarget found,
    Reading reading) {
  /** Content never changes under its CID: so many seconds are longer than any cache lives. */
  static final String FOR_EVER = "public, max-age=29030400, immutable";

  Cid cid() {
    return found.cid();
  }

  /**
   * Sets the headers by which caches know this answer again, and answers 304 if the client has it.
   *
   * @param tag in quotes, with {@code W/} before it if bytes may differ
   * @return whether that was all
   */
  boolean isKnown(String tag, String cacheControl) {
    x.setHeader("ETag", tag);
    x.setHeader("Cache-Control", cacheControl);
    String known = x.header("If-None-Match");
    boolean same =
        known.strip().equals("*")
            || Stream.of(known.split(",")).anyMatch(one -> strong(one).equals(strong(tag)));
    if (same) {
      x.setStatus(304);
    }
    return same;
  }

  private static String strong(String tag) {
    String plain = tag.strip();
    return plain.startsWith("W/") ? plain.substring(2) : plain;
  }

  /** The name that the client wants a file to have. */
  Optional<String> filename() {
    return query.has("filename") ? Optional.of(query.text("filename")) : Optional.empty();
  }

  /** Lets the client store the answer under its own name, or {@code byDefault}. */
  void attach(String byDefault) {
    x.setHeader("Content-Disposition", Disposition.attachment(filename().orElse(byDefault)));
  }

  void noSniffing() {
    x.setHeader("X-Content-Type-Options", "nosniff");
  }

  /** Sends {@code size} bytes, or the range that was asked for. */
  void send(String tag, long size, RangedBody.Writer writer) throws IOException {
    RangedBody.send(x, tag, size, writer);
  }
}
