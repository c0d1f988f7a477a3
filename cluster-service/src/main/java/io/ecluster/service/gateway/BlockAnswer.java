package io.ecluster.service.gateway;

import io.ecluster.multiformats.Cid;
import io.ecluster.service.http.ApiException;
import java.io.IOException;

/** Answers with one block as it is. */
final class BlockAnswer {
  private BlockAnswer() {}

  /** {@code format=raw}. */
  static void sendRaw(Target target) throws IOException {
    String tag = "\"" + target.cid() + ".raw\"";
    target.attach(target.cid() + ".bin");
    target.noSniffing();
    target.x().setHeader("Content-Type", Format.RAW.mediaType());
    send(target, tag);
  }

  /** A block of JSON or CBOR. It is never converted: nobody could check what comes out. */
  static void sendNode(Target target, Format format) throws IOException {
    Cid cid = target.cid();
    if (!format.holds(cid.codec())) {
      throw new ApiException(
          406,
          "format "
              + format.mediaType()
              + " requested but the block has codec 0x"
              + Long.toHexString(cid.codec())
              + ": codecs are not converted here, fetch the block with ?format=raw and convert it");
    }
    String tag = "\"" + cid + "." + format.parameter() + "\"";
    boolean json = format == Format.JSON || format == Format.DAG_JSON;
    String name = target.filename().orElse(cid + (json ? ".json" : ".cbor"));
    boolean attached = !json || target.query().isTrue("download");
    target
        .x()
        .setHeader(
            "Content-Disposition",
            attached ? Disposition.attachment(name) : Disposition.inline(name));
    target.noSniffing();
    target.x().setHeader("Content-Type", format.mediaType());
    send(target, tag);
  }

  private static void send(Target target, String tag) throws IOException {
    if (!target.isKnown(tag, Target.FOR_EVER)) {
      byte[] block = target.reading().read(target.cid());
      target.send(
          tag, block.length, (out, from, to) -> out.write(block, (int) from, (int) (to - from)));
    }
  }
}
