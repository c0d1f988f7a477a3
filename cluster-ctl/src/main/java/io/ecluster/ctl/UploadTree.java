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
  private static final int BUFFER_BYTES = 256 * 1024;

  private final List<UploadRoot> roots;
  private final boolean recursive;
  private final boolean hidden;
  private final String boundary;
  private final InputStream standardInput;
  private boolean standardInputRead;

  UploadTree(
      List<UploadRoot> roots,
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
   * @return the bytes of all files, 0 if that cannot be known: standard input, URLs
   * @throws LocalException naming what is missing, unreadable or a folder without {@code -r}
   */
  long check() {
    long total = 0;
    boolean known = true;
    for (UploadRoot root : roots) {
      if (root instanceof UploadRoot.Local(Path path)) {
        total += check(path);
      } else {
        known = false;
      }
    }
    return known ? total : 0;
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
    for (UploadRoot root : roots) {
      switch (root) {
        case UploadRoot.Local(Path path) -> write(out, path, root.name());
        case UploadRoot.StandardInput _ -> writeStandardInput(out, root.name());
        case UploadRoot.Web web -> write(out, web);
      }
    }
    out.write(("--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** It can be read only once: an upload that failed is not tried with another peer. */
  private void writeStandardInput(OutputStream out, String name) throws IOException {
    if (standardInputRead) {
      throw new SourceException("standard input has been read and cannot be sent again");
    }
    standardInputRead = true;
    part(out, name, "application/octet-stream");
    copy(standardInput, out, name);
    end(out);
  }

  /** The node may be told to leave the bytes where they are: so the part says where that is. */
  private void write(OutputStream out, UploadRoot.Web web) throws IOException {
    try (InputStream in = web.open()) {
      String where = "Abspath-Encoded: " + Session.encode(web.uri().toString()) + "\r\n";
      part(out, where, web.name(), "application/octet-stream");
      copy(in, out, web.uri().toString());
      end(out);
    }
  }

  private static void end(OutputStream out) throws IOException {
    out.write('\r');
    out.write('\n');
  }

  private void write(OutputStream out, Path path, String name) throws IOException {
    if (Files.isSymbolicLink(path)) {
      part(out, name, "application/symlink");
      out.write(target(path).getBytes(StandardCharsets.UTF_8));
      end(out);
    } else if (Files.isDirectory(path)) {
      part(out, name, "application/x-directory");
      end(out);
      for (Path child : children(path)) {
        write(out, child, name + "/" + child.getFileName());
      }
    } else {
      part(out, name, "application/octet-stream");
      copy(path, out);
      end(out);
    }
  }

  private void part(OutputStream out, String name, String type) throws IOException {
    part(out, "", name, type);
  }

  private void part(OutputStream out, String headers, String name, String type) throws IOException {
    String head =
        "--%s\r\n%sContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: %s\r\n\r\n"
            .formatted(boundary, headers, Session.encode(name), type);
    out.write(head.getBytes(StandardCharsets.US_ASCII));
  }

  private static void copy(Path file, OutputStream out) throws IOException {
    try (InputStream in = open(file)) {
      copy(in, out, file.toString());
    }
  }

  private static void copy(InputStream in, OutputStream out, String what) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = read(in, buffer, what); count > 0; count = read(in, buffer, what)) {
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

  private static int read(InputStream in, byte[] buffer, String what) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new SourceException("cannot read " + what + ": " + Failures.text(e), e);
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
}
