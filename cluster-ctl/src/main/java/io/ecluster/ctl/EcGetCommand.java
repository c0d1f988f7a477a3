package io.ecluster.ctl;

import io.ecluster.client.ApiException;
import io.ecluster.client.HttpResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

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
    String cid = PinCommands.cid(a.operand("CID")).toString();
    Optional<WantedRange> range = WantedRange.parse(a.text("--range"));
    Path target = target(a.text("--output"), cid);
    Map<String, String> headers =
        range.map(wanted -> Map.of("Range", wanted.header())).orElse(Map.of());
    try (HttpResponse response = session.api().send("GET", "/ecget/" + cid, headers);
        Progress progress =
            new Progress(session.output(), a.flag("--quiet"), length(response), System::nanoTime)) {
      receive(response, range, progress, target);
    }
  }

  /** {@code -o} may name an existing folder, into which {@code CID} is put. */
  private static Path target(String output, String cid) {
    Path named = Path.of(output); // nothing is the current folder
    boolean into = Files.isDirectory(named);
    Path folder = into || output.endsWith("/") ? named : named.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new LocalException("error : " + folder + ": no such folder");
    }
    Path target = into ? named.resolve(cid) : named;
    if (Files.isDirectory(target)) {
      throw new LocalException("error : " + target + " is a folder that exists already");
    }
    return target;
  }

  private static long length(HttpResponse response) {
    String length = response.header("content-length");
    return length.isEmpty() ? 0 : Long.parseLong(length);
  }

  private static void receive(
      HttpResponse response, Optional<WantedRange> range, Progress progress, Path target)
      throws IOException {
    InputStream body = progress.counting(new ServerInput(response.body()));
    switch (response.header("x-ipfs-kind")) {
      case "directory", "symlink" -> {
        if (range.isPresent()) {
          throw new LocalException("error : only a file can be read in part, this is a folder");
        }
        Untar.extract(body, target, () -> requireWhole(response));
      }
      default -> {
        if (response.status() != 206 && !range.stream().allMatch(r -> r.covers(length(response)))) {
          throw new LocalException("error : the peer sent the whole file instead of a part");
        }
        writeFile(body, response, target);
      }
    }
  }

  private static void writeFile(InputStream body, HttpResponse response, Path target)
      throws IOException {
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      copyTo(target, body, response); // a device such as /dev/stdout must not be replaced
      return;
    }
    writeWhole(body, response, target);
  }

  /** Nothing is left under the target's name unless all of it came. */
  private static void writeWhole(InputStream body, HttpResponse response, Path target)
      throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Path partial = Files.createTempFile(folder, ".ecget-", ".part");
    try {
      copyTo(partial, body, response);
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void copyTo(Path file, InputStream body, HttpResponse response)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      copy(body, out);
    }
    requireWhole(response);
  }

  private static void requireWhole(HttpResponse response) {
    if (!response.streamError().isEmpty()) {
      throw new ApiException(500, response.streamError());
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
    }
  }
}
