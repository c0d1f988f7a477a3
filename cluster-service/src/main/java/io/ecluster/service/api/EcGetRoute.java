package io.ecluster.service.api;

import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.CodedReader;
import io.ecluster.recovery.Content;
import io.ecluster.service.gateway.ContentTypes;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.ByteRange;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Function;

/**
 * {@code GET /ecget/{cid}}: the file itself, with ranges, or a tar of a folder. Who asks for JSON
 * gets what the erasure fork of IPFS Cluster sends: a tar in pieces, each a JSON string a line.
 */
public final class EcGetRoute {
  /** So much is read before the answer begins: a failure up to there is told in words. */
  private static final int HELD_BYTES = 1024 * 1024;

  private final CodedReader reader;
  private final Function<Cid, String> names;

  /**
   * @param names the name of a pin; empty text if it has none
   */
  public EcGetRoute(CodedReader reader, Function<Cid, String> names) {
    this.reader = reader;
    this.names = names;
  }

  void handle(Exchange x) {
    Cid cid = Query.parseCid(x.variable("hash"));
    boolean json = wantsJson(x.header("Accept"));
    x.setHeader("Vary", "Origin, Accept");
    try (Content content = open(cid, json || x.header("Range").isEmpty())) {
      if (json) {
        sendLines(x, content, cid);
      } else if (content.fileSize().isPresent()) {
        sendFile(x, content, cid, content.fileSize().getAsLong());
      } else {
        sendTar(x, content, cid);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean wantsJson(String accept) {
    return accept.split("[,;]", -1)[0].strip().equalsIgnoreCase("application/json");
  }

  /** A part can be read though others are lost; of a whole that is found out first. */
  private Content open(Cid cid, boolean whole) {
    try {
      return whole ? reader.open(cid) : reader.openForRange(cid);
    } catch (BlockNotFoundException e) {
      throw new ApiException(404, e.getMessage() == null ? "not found" : e.getMessage());
    }
  }

  private void sendFile(Exchange x, Content content, Cid cid, long size) throws IOException {
    ByteRange range = ByteRange.parse(x.header("Range"), size);
    String type = ContentTypes.byName(names.apply(cid));
    if (type.isEmpty() && range.from() > 0) {
      type = typeOf(content, size);
    }
    x.setStatus(range.whole(size) ? 200 : 206);
    keepFromRunning(x);
    x.setHeader("Accept-Ranges", "bytes");
    x.setHeader("X-Ipfs-Kind", "file");
    x.setHeader("Content-Length", String.valueOf(range.to() - range.from()));
    if (!range.whole(size)) {
      x.setHeader("Content-Range", range.header(size));
    }
    String known = type;
    // Not closed when it fails: what is held back then makes way for an answer that says why.
    OutputStream out =
        new HeldOutput(
            x.output(),
            HELD_BYTES,
            ContentTypes.SNIFFED_BYTES,
            head -> x.setHeader("Content-Type", known.isEmpty() ? typeOf(head) : known));
    content.writeTo(out, range.from(), range.to());
    out.close();
  }

  private static String typeOf(Content content, long size) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    content.writeTo(head, 0, Math.min(size, ContentTypes.SNIFFED_BYTES));
    return typeOf(head.toByteArray());
  }

  private static String typeOf(byte[] head) {
    return head.length == 0 ? "application/octet-stream" : ContentTypes.byContent(head);
  }

  /** A page that somebody has pinned must not act as if it came from this API. */
  private static void keepFromRunning(Exchange x) {
    x.setHeader("Content-Security-Policy", "sandbox");
    x.setHeader("X-Content-Type-Options", "nosniff");
  }

  private static void sendTar(Exchange x, Content content, Cid cid) throws IOException {
    x.setStatus(200);
    x.setHeader("Content-Type", "application/x-tar");
    x.setHeader("X-Ipfs-Kind", "directory");
    Exchange.StreamTrailer trailer = x.announceTrailer();
    try (OutputStream out = x.output()) {
      try {
        content.writeTar(out, cid.toString());
      } catch (RuntimeException e) {
        if (!x.committed()) {
          throw e;
        }
        trailer.set(Errors.message(e));
      }
    }
  }

  /** An error after the first line is a last line, an object. */
  private void sendLines(Exchange x, Content content, Cid cid) throws IOException {
    String name = names.apply(cid);
    x.setStatus(200);
    x.setHeader("Content-Type", "application/json");
    x.setHeader("Cache-Control", "no-cache");
    x.setHeader("Connection", "close");
    Base64Lines lines = new Base64Lines(x.output());
    try {
      content.writeTar(lines, name.isEmpty() ? cid.toString() : name);
      lines.close();
    } catch (RuntimeException e) {
      if (!x.committed()) {
        throw e;
      }
      lines.fail(ApiJson.error(500, Errors.message(e)));
    }
  }
}
