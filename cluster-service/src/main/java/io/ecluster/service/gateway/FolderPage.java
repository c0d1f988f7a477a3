package io.ecluster.service.gateway;

import io.ecluster.ipld.UnixFsDirectory;
import io.ecluster.service.read.ContentPath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Locale;

/** A page that lists a folder, written entry by entry. It needs nothing from elsewhere. */
final class FolderPage {
  private static final String STYLE =
      "body{font-family:sans-serif;margin:2em;max-width:60em}table{border-collapse:collapse;"
          + "width:100%}td{padding:.3em .6em;border-bottom:1px solid #ccc}"
          + ".size,.cid{text-align:right;color:#666}.cid{font-family:monospace;font-size:80%}";

  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private final Writer out;
  private final ContentPath path;

  FolderPage(Writer out, ContentPath path) {
    this.out = out;
    this.path = path;
  }

  void write(UnixFsDirectory folder) throws IOException {
    String title = escape(path.toString());
    out.write("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    out.write(title + "</title>\n<style>" + STYLE + "</style>\n</head>\n<body>\n");
    out.write("<h1>Index of " + title + "</h1>\n<p class=\"cid\">" + folder.cid() + "</p>\n");
    out.write("<table>\n");
    if (!path.names().isEmpty()) {
      out.write("<tr><td><a href=\"..\">..</a></td><td></td><td></td></tr>\n");
    }
    folder.forEach(this::writeEntry);
    out.write("</table>\n</body>\n</html>\n");
  }

  private void writeEntry(UnixFsDirectory.Entry entry) {
    try {
      out.write("<tr><td><a href=\"" + escape(link(entry.name())) + "\">");
      out.write(escape(entry.name()) + "</a></td><td class=\"cid\"><a href=\"/ipfs/");
      out.write(entry.cid() + "?filename=" + escape(Disposition.escape(entry.name())) + "\">");
      out.write(entry.cid() + "</a></td><td class=\"size\">" + size(entry.dagSize()));
      out.write("</td></tr>\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From the root, so that no name can be taken for another site or for a step upwards. */
  private String link(String name) {
    StringBuilder link = new StringBuilder("/ipfs/").append(path.root());
    path.names().forEach(part -> link.append('/').append(Disposition.escape(part)));
    return link.append('/').append(Disposition.escape(name)).toString();
  }

  static String size(long bytes) {
    if (bytes < 1000) {
      return Math.max(0, bytes) + " B";
    }
    double size = bytes;
    int unit = -1;
    while (size >= 1000 && unit < UNITS.length - 1) {
      size /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
