package io.ecluster.service.proxy;

import io.ecluster.ipld.TarExport;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.recovery.Reading;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.read.Blocks;
import io.ecluster.service.read.ContentPath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** {@code get}: a tar of what is at a path, or a file alone, compressed if asked for. */
final class GetCommand {
  private final Blocks blocks;

  GetCommand(Blocks blocks) {
    this.blocks = blocks;
  }

  /** How the bytes are packed. */
  private record Packing(boolean tar, boolean gzip, int level) {
    static Packing of(Arguments arguments) {
      boolean archive = arguments.options().flag("archive", false);
      boolean compress = arguments.options().flag("compress", false);
      int level = arguments.options().integer("compression-level", Deflater.DEFAULT_COMPRESSION);
      if (compress && level != Deflater.DEFAULT_COMPRESSION && (level < 1 || level > 9)) {
        throw new CallException("compression level must be between 1 and 9");
      }
      return new Packing(archive || !compress, compress, level);
    }

    OutputStream around(OutputStream out) throws IOException {
      return gzip ? new Gzip(out, level) : out;
    }
  }

  /** With a level of its own. */
  private static final class Gzip extends GZIPOutputStream {
    Gzip(OutputStream out, int level) throws IOException {
      super(out, ReadCommands.HELD_BYTES);
      def.setLevel(level);
    }
  }

  void send(Exchange x, Arguments arguments) throws IOException {
    ContentPath path = Arguments.path(arguments.first());
    Packing packing = Packing.of(arguments);
    try (Reading reading = blocks.open(path.root())) {
      UnixFsNode node = ReadCommands.open(path, reading);
      ReadCommands.begin(x, packing.gzip() ? "application/gzip" : "application/x-tar");
      if (node instanceof UnixFsFile file) {
        x.setHeader("X-Content-Length", String.valueOf(file.size()));
      } else if (!packing.tar()) {
        throw new CallException("file is not regular");
      }
      OutputStream out =
          packing.around(new BufferedOutputStream(x.output(), ReadCommands.HELD_BYTES));
      if (packing.tar()) {
        new TarExport(reading, reading, Instant.EPOCH).write(node.cid(), path.lastName(), out);
      } else if (node instanceof UnixFsFile file) {
        file.writeTo(out, 0, file.size(), reading);
      }
      out.close();
    }
  }
}
