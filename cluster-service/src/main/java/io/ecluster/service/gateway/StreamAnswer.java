package io.ecluster.service.gateway;

import io.ecluster.ipld.TarExport;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.read.ContentPath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;

/** Answers of a length that is only known at their end: archives. */
final class StreamAnswer {
  private static final int HELD_BYTES = 64 * 1024;

  private StreamAnswer() {}

  /** {@code format=tar}: a file, folder or link, with its CID as its name. */
  static void sendTar(Target target) throws IOException {
    long codec = target.cid().codec();
    if (codec != Multicodec.DAG_PB && codec != Multicodec.RAW) {
      throw new ApiException(
          406, target.cid() + " is no file or folder; there is no tar of it, use ?format=raw");
    }
    Exchange x = target.x();
    target.attach(target.cid() + ".tar");
    target.noSniffing();
    x.setHeader("Content-Type", Format.TAR.mediaType());
    if (!target.isKnown("W/\"" + target.cid() + ".x-tar\"", Target.FOR_EVER)) {
      send(
          x,
          out ->
              new TarExport(target.reading(), target.reading(), Instant.EPOCH)
                  .write(target.cid(), target.cid().toString(), out));
    }
  }

  /** {@code format=car}. */
  static void sendCar(Target target) throws IOException {
    CarRequest request = CarRequest.of(target);
    Exchange x = target.x();
    target.attach(name(target.path()) + ".car");
    target.noSniffing();
    x.setHeader("Accept-Ranges", "none");
    x.setHeader("Content-Type", Format.CAR.mediaType() + "; version=1; order=dfs; dups=n");
    String tag =
        "W/\"" + target.path().root() + ".car." + request.fingerprint(target.path()) + "\"";
    if (!target.isKnown(tag, Target.FOR_EVER)) {
      send(x, out -> new CarExport(target.reading(), out).write(target, request));
    }
  }

  /** As Kubo names them: the root and what it is about. */
  private static String name(ContentPath path) {
    return path.names().isEmpty() ? path.lastName() : path.root() + "_" + path.lastName();
  }

  /** Writes the body. */
  private interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  private static void send(Exchange x, Body body) throws IOException {
    x.setStatus(200);
    if (!x.method().equals("HEAD")) {
      OutputStream out = new BufferedOutputStream(x.output(), HELD_BYTES);
      body.writeTo(out);
      out.close();
    }
  }
}
