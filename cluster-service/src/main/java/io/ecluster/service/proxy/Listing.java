package io.ecluster.service.proxy;

import io.ecluster.client.Json;
import io.ecluster.ipld.DagPb;
import io.ecluster.ipld.PbLink;
import io.ecluster.ipld.UnixFsDirectory;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.ipld.UnixFsSymlink;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.recovery.Reading;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.read.Blocks;
import io.ecluster.service.read.ContentPath;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** {@code ls}: the entries of folders, or the parts of files, written one by one. */
final class Listing {
  private static final int FOLDER = 1;
  private static final int FILE = 2;
  private static final int SYMLINK = 4;

  /** How many entries are made known ahead of being opened. */
  private static final int AHEAD = 64;

  private final Blocks blocks;
  private final Exchange x;
  private final List<String> names;
  private final List<ContentPath> paths;
  private final boolean stream;
  private final boolean resolve;
  private boolean first = true;

  Listing(Blocks blocks, Exchange x, Arguments arguments) {
    this.blocks = blocks;
    this.x = x;
    this.names = arguments.values();
    this.paths = arguments.paths();
    this.stream = arguments.options().flag("stream", false);
    this.resolve =
        arguments.options().flag("size", true) || arguments.options().flag("resolve-type", true);
  }

  void send() throws IOException {
    x.setStatus(200);
    x.setHeader("Content-Type", "application/json");
    if (stream) {
      x.setHeader("X-Chunked-Output", "1");
    }
    Writer out =
        new BufferedWriter(
            new OutputStreamWriter(x.output(), StandardCharsets.UTF_8), ReadCommands.HELD_BYTES);
    out.write(stream ? "" : "{\"Objects\":[");
    for (int i = 0; i < paths.size(); i++) {
      out.write(stream || i == 0 ? "" : ",");
      list(paths.get(i), names.get(i), out);
    }
    out.write(stream ? "" : "]}\n");
    out.close();
  }

  private void list(ContentPath path, String name, Writer out) throws IOException {
    String head = "{\"Hash\":" + Json.write(name) + ",\"Links\":[";
    first = true;
    try (Reading reading = blocks.open(path.root())) {
      UnixFsNode node = ReadCommands.open(path, reading);
      out.write(stream ? "" : head);
      each(node, reading, entry -> write(entry, head, reading, out));
      out.write(stream ? "" : "]}");
    }
  }

  /** Takes an entry. */
  private interface Sink {
    void accept(UnixFsDirectory.Entry entry) throws IOException;
  }

  private void each(UnixFsNode node, Reading reading, Sink sink) throws IOException {
    switch (node) {
      case UnixFsDirectory folder -> forEach(folder.entries(), reading, sink);
      case UnixFsFile file when file.cid().codec() == Multicodec.DAG_PB ->
          forEach(parts(DagPb.decode(reading.read(file.cid())).links()), reading, sink);
      case UnixFsFile _, UnixFsSymlink _ -> {}
    }
  }

  private static List<UnixFsDirectory.Entry> parts(List<PbLink> links) {
    return links.stream()
        .map(link -> new UnixFsDirectory.Entry(link.name(), link.hash(), link.tsize()))
        .toList();
  }

  private void forEach(List<UnixFsDirectory.Entry> entries, Reading reading, Sink sink)
      throws IOException {
    for (int i = 0; i < entries.size(); i++) {
      if (resolve && i % AHEAD == 0) {
        List<UnixFsDirectory.Entry> next = entries.subList(i, Math.min(entries.size(), i + AHEAD));
        reading.expect(
            next.stream()
                .map(UnixFsDirectory.Entry::cid)
                .filter(cid -> cid.codec() == Multicodec.DAG_PB && !cid.hash().isIdentity())
                .toList());
      }
      sink.accept(entries.get(i));
    }
  }

  private void write(UnixFsDirectory.Entry entry, String head, Reading reading, Writer out) {
    String link = Json.write(json(entry, reading));
    try {
      if (stream) {
        out.write("{\"Objects\":[" + head + link + "]}]}\n");
      } else {
        out.write(first ? link : "," + link);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    first = false;
  }

  private Map<String, Object> json(UnixFsDirectory.Entry entry, Reading reading) {
    long size = 0;
    int type = 0;
    String target = "";
    if (entry.cid().codec() == Multicodec.RAW) {
      size = entry.dagSize();
      type = FILE;
    } else if (resolve && entry.cid().codec() == Multicodec.DAG_PB) {
      switch (UnixFsNode.open(entry.cid(), reading)) {
        case UnixFsFile file -> {
          size = file.size();
          type = FILE;
        }
        case UnixFsDirectory _ -> type = FOLDER;
        case UnixFsSymlink link -> {
          target = link.target();
          size = target.getBytes(StandardCharsets.UTF_8).length;
          type = SYMLINK;
        }
      }
    }
    return json(entry.name(), entry.cid(), size, type, target);
  }

  private static Map<String, Object> json(
      String name, Cid cid, long size, int type, String target) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Name", name);
    json.put("Hash", Objects.toString(cid));
    json.put("Size", size);
    json.put("Type", type);
    json.put("Target", target);
    json.put("Mode", 0);
    json.put("ModTime", "0001-01-01T00:00:00Z");
    return json;
  }
}
