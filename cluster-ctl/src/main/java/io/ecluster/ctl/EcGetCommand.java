package io.ecluster.ctl;

import io.ecluster.client.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** {@code ecget}: reads an erasure-coded (or any other) file or folder back. */
final class EcGetCommand {
  private static final int BUFFER_BYTES = 256 * 1024;

  private EcGetCommand() {}

  static Command describe() {
    return Command.named("ecget", "Reads a file or folder, rebuilding what was lost.")
        .operands("CID")
        .option(
            "",
            "PATH",
            "a file name, or an existing folder; ./CID if not given",
            "-o",
            "--output",
            "--outpath")
        .option("", "A-B", "only the bytes from A to B, both included", "--range")
        .flag("no progress", "-q", "--quiet")
        .does(EcGetCommand::run);
  }

  private static void run(Session session, Arguments a) throws IOException {
    String cid = a.operand("CID");
    PinCommands.cid(cid);
    String range = a.text("--range");
    if (!range.isEmpty() && !range.matches("[0-9]+-[0-9]*|-[0-9]+")) {
      throw new LocalException("error : --range must look like 0-99, 100- or -50, not " + range);
    }
    Map<String, String> headers = range.isEmpty() ? Map.of() : Map.of("Range", "bytes=" + range);
    Path target = target(a.text("--output"), cid);
    try (HttpResponse response = session.api().send("GET", "/ecget/" + cid, headers);
        Progress progress =
            new Progress(session.output(), a.flag("--quiet"), length(response), System::nanoTime)) {
      receive(response, progress, target);
    }
  }

  /** {@code -o} may name an existing folder, into which {@code CID} is put. */
  private static Path target(String output, String cid) {
    if (output.isEmpty()) {
      return Path.of(cid);
    }
    Path path = Path.of(output);
    return Files.isDirectory(path) ? path.resolve(cid) : path;
  }

  private static long length(HttpResponse response) {
    String length = response.header("content-length");
    return length.isEmpty() ? 0 : Long.parseLong(length);
  }

  private static void receive(HttpResponse response, Progress progress, Path target)
      throws IOException {
    InputStream body = progress.counting(response.body());
    switch (response.header("x-ipfs-kind")) {
      case "directory", "symlink" -> Untar.extract(body, target, () -> requireWhole(response));
      default -> writeFile(body, response, target);
    }
  }

  /** Nothing is left under the target's name unless all of it came. */
  private static void writeFile(InputStream body, HttpResponse response, Path target)
      throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Path partial = Files.createTempFile(folder, ".ecget-", ".part");
    try {
      try (OutputStream out = Files.newOutputStream(partial)) {
        copy(body, out);
      }
      requireWhole(response);
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void requireWhole(HttpResponse response) {
    if (!response.streamError().isEmpty()) {
      throw new io.ecluster.client.ApiException(500, response.streamError());
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
  }
}
