package io.ecluster.service.api;

import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.CodedReader;
import io.ecluster.recovery.Content;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.ByteRange;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.Query;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** {@code GET /ecget/{cid}}: the file itself, with ranges, or a tar of a folder. */
public final class EcGetRoute {
  /** So much is read before the answer begins: a failure up to there is told in words. */
  private static final int HELD_BYTES = 1024 * 1024;

  private final CodedReader reader;

  public EcGetRoute(CodedReader reader) {
    this.reader = reader;
  }

  void handle(Exchange x) {
    Cid cid = Query.parseCid(x.variable("hash"));
    try (Content content = open(cid, x.header("Range").isEmpty())) {
      if (content.fileSize().isPresent()) {
        sendFile(x, content, content.fileSize().getAsLong());
      } else {
        sendTar(x, content, cid);
      }
    }
  }

  /** A part can be read though others are lost; of a whole that is found out first. */
  private Content open(Cid cid, boolean whole) {
    try {
      return whole ? reader.open(cid) : reader.openForRange(cid);
    } catch (BlockNotFoundException e) {
      throw new ApiException(404, e.getMessage() == null ? "not found" : e.getMessage());
    }
  }

  private static void sendFile(Exchange x, Content content, long size) {
    ByteRange range = ByteRange.parse(x.header("Range"), size);
    x.setStatus(range.whole(size) ? 200 : 206);
    x.setHeader("Content-Type", "application/octet-stream");
    x.setHeader("Accept-Ranges", "bytes");
    x.setHeader("X-Ipfs-Kind", "file");
    x.setHeader("Content-Length", String.valueOf(range.to() - range.from()));
    if (!range.whole(size)) {
      x.setHeader("Content-Range", range.header(size));
    }
    try {
      // Not closed when it fails: what is held back then makes way for an answer that says why.
      OutputStream out = new BufferedOutputStream(x.output(), HELD_BYTES);
      content.writeTo(out, range.from(), range.to());
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sendTar(Exchange x, Content content, Cid cid) {
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
