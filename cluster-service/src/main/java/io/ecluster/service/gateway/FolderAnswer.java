package io.ecluster.service.gateway;

import io.ecluster.ipld.UnixFsDirectory;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.service.http.Exchange;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Answers with a folder: its index, or a page that lists it. */
final class FolderAnswer {
  /** Of the page, not of what it lists: changed when the page looks different. */
  private static final String PAGE_VERSION = "ecluster1";

  /** The list of a CID is always the same, but the page may get nicer. */
  private static final String FOR_A_WEEK = "public, max-age=604800, stale-while-revalidate=2678400";

  private static final String INDEX = "index.html";

  private FolderAnswer() {}

  static void send(Target target, UnixFsDirectory folder) throws IOException {
    Exchange x = target.x();
    if (!x.rawPath().endsWith("/")) {
      Redirect.send(x, 301, x.rawPath() + "/");
      return;
    }
    Optional<UnixFsNode> index =
        folder.find(INDEX).map(entry -> UnixFsNode.open(entry.cid(), target.reading()));
    if (index.isPresent() && index.get() instanceof UnixFsFile file) {
      FileAnswer.send(target, file, INDEX, folder.cid());
    } else {
      sendList(target, folder);
    }
  }

  private static void sendList(Target target, UnixFsDirectory folder) throws IOException {
    Exchange x = target.x();
    String tag = "\"DirIndex-" + PAGE_VERSION + "_CID-" + folder.cid() + "\"";
    if (target.isKnown(tag, FOR_A_WEEK)) {
      return;
    }
    x.setStatus(200);
    x.setHeader("Content-Type", "text/html");
    x.setHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    if (!x.method().equals("HEAD")) {
      Writer page = new BufferedWriter(new OutputStreamWriter(x.output(), StandardCharsets.UTF_8));
      new FolderPage(page, target.path()).write(folder);
      page.close();
    }
  }
}
