package io.ecluster.service.gateway;

import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsSymlink;
import io.ecluster.recovery.Reading;
import io.ecluster.service.http.Exchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Answers with a file's bytes. */
final class FileAnswer {
  private FileAnswer() {}

  /**
   * Sends a file.
   *
   * @param name by whose ending its type is known
   * @param tagCid whose CID the answer is known by: that of the folder for its index
   */
  static void send(Target target, UnixFsFile file, String name, Object tagCid) throws IOException {
    Exchange x = target.x();
    String tag = "\"" + tagCid + "\"";
    dispose(target);
    if (!target.isKnown(tag, Target.FOR_EVER)) {
      x.setHeader("Content-Type", type(target.reading(), file, target.filename().orElse(name)));
      target.send(
          tag, file.size(), (out, from, to) -> file.writeTo(out, from, to, target.reading()));
    }
  }

  private static void dispose(Target target) {
    String name = target.filename().orElse("");
    if (target.query().isTrue("download")) {
      target.attach(target.path().lastName());
    } else if (!name.isEmpty()) {
      target.x().setHeader("Content-Disposition", Disposition.inline(name));
    }
  }

  private static String type(Reading reading, UnixFsFile file, String name) throws IOException {
    String byName = ContentTypes.byName(name);
    if (!byName.isEmpty()) {
      return byName;
    }
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    file.writeTo(head, 0, Math.min(ContentTypes.SNIFFED_BYTES, file.size()), reading);
    return ContentTypes.byContent(head.toByteArray());
  }

  /** A link is not followed: what it names is for the client to judge. */
  static void send(Target target, UnixFsSymlink link) throws IOException {
    String tag = "\"" + link.cid() + "\"";
    if (!target.isKnown(tag, Target.FOR_EVER)) {
      byte[] text = link.target().getBytes(StandardCharsets.UTF_8);
      target.x().setHeader("Content-Type", "inode/symlink");
      target.send(
          tag, text.length, (out, from, to) -> out.write(text, (int) from, (int) (to - from)));
    }
  }
}
