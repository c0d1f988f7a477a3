package io.ecluster.ctl;

import io.ecluster.client.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Files and folders as the multipart body that the add API reads: each folder before its entries,
 * sorted by name.
 */
final class UploadTree {
  /** Stands for standard input; a file of that name is {@code ./-}. */
  static final Path STANDARD_INPUT = Path.of("-");

  /** What is read from standard input needs some name. */
  private static final String STANDARD_INPUT_NAME = "stdin";

  private static final int BUFFER_BYTES = 256 * 1024;

  private final List<Path> roots;
  private final boolean recursive;
  private final boolean hidden;
  private final String boundary;
  private final InputStream standardInput;
  private boolean standardInputRead;

  UploadTree(
      List<Path> roots,
      boolean recursive,
      boolean hidden,
      String boundary,
      InputStream standardInput) {
    this.roots = roots;
    this.standardInput = standardInput;
    this.recursive = recursive;
    this.hidden = hidden;
    this.boundary = boundary;
  }

  /**
   * Checks that all of it can be read, before anything is sent.
   *
   * @return the bytes of all files, 0 if some of it comes from standard input
   * @throws LocalException naming what is missing, unreadable or a folder without {@code -r}
   */
  long check() {
    long total = 0;
    for (Path root : roots) {
      if (!root.equals(STANDARD_INPUT)) {
        total += check(root);
      }
    }
    return roots.contains(STANDARD_INPUT) ? 0 : total;
  }

  private long check(Path root) {
    if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
      throw new LocalException("error adding: " + root + ": no such file or directory");
    }
    if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS) && !recursive) {
      throw new LocalException(
          "error adding: " + root + " is a directory, but Recursive option is not set");
    }
    return size(root);
  }

  private long size(Path path) {
    if (Files.isSymbolicLink(path)) {
      return 0;
    }
    try {
      if (Files.isDirectory(path)) {
        return children(path).stream().mapToLong(this::size).sum();
      }
      if (!Files.isReadable(path)) {
        throw new LocalException("error adding: " + path + ": permission denied");
      }
      if (!Files.isRegularFile(path)) {
        throw new LocalException("error adding: " + path + " is neither a file nor a folder");
      }
      return Files.size(path);
    } catch (IOException e) {
      throw new LocalException("error adding: " + Failures.text(e));
    }
  }

  /** Writes the whole body. */
  void writeTo(OutputStream out) throws IOException {
    for (Path root : roots) {
      if (root.equals(STANDARD_INPUT)) {
        writeStandardInput(out);
      } else {
        write(out, root, name(root));
      }
    }
    out.write(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** It can be read only once: an upload that failed is not tried with another peer. */
  private void writeStandardInput(OutputStream out) throws IOException {
    if (standardInputRead) {
      throw new SourceException("standard input has been read and cannot be sent again");
    }
    standardInputRead = true;
    part(out, STANDARD_INPUT_NAME, "application/octet-stream");
    copy(standardInput, out, Path.of(STANDARD_INPUT_NAME));
    out.write('\r');
    out.write('\n');
  }

  private void write(OutputStream out, Path path, String name) throws IOException {
    if (Files.isSymbolicLink(path)) {
      part(out, name, "application/symlink");
      out.write(target(path).getBytes(StandardCharsets.UTF_8));
      out.write('\r');
      out.write('\n');
    } else if (Files.isDirectory(path)) {
      part(out, name, "application/x-directory");
      out.write('\r');
      out.write('\n');
      for (Path child : children(path)) {
        write(out, child, name + "/" + child.getFileName());
      }
    } else {
      part(out, name, "application/octet-stream");
      copy(path, out);
      out.write('\r');
      out.write('\n');
    }
  }

  private void part(OutputStream out, String name, String type) throws IOException {
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n"
            .formatted(boundary, Session.encode(name), type);
    out.write(head.getBytes(StandardCharsets.US_ASCII));
  }

  private static void copy(Path file, OutputStream out) throws IOException {
    try (InputStream in = open(file)) {
      copy(in, out, file);
    }
  }

  private static void copy(InputStream in, OutputStream out, Path file) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = read(in, buffer, file); count > 0; count = read(in, buffer, file)) {
      out.write(buffer, 0, count);
    }
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new SourceException("cannot read " + Failures.text(e), e);
    }
  }

  private static int read(InputStream in, byte[] buffer, Path file) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new SourceException("cannot read " + file + ": " + Failures.text(e), e);
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      throw new SourceException("cannot read link " + Failures.text(e), e);
    }
  }

  private List<Path> children(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> hidden || !entry.getFileName().toString().startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new SourceException("cannot list " + Failures.text(e), e);
    } catch (UncheckedIOException e) {
      throw new SourceException("cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  /** The name under which a path is added; {@code .} is the name of the folder it stands for. */
  static String name(Path path) {
    if (path.equals(STANDARD_INPUT)) {
      return STANDARD_INPUT_NAME;
    }
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? "root" : name.toString();
  }
}
