package io.ecluster.service.api;

import io.ecluster.adder.AddEntry;
import io.ecluster.service.http.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parts of an add request as entries with clean relative paths. */
public final class MultipartEntries implements Iterator<AddEntry> {
  private static final Pattern FILE_NAME =
      Pattern.compile(
          "(?:^|[;\\s])filename=(?:\"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"|([^;\"]*+))",
          Pattern.CASE_INSENSITIVE);

  /** Linux allows no longer link target. */
  private static final int MAX_LINK_TARGET_BYTES = 4096;

  private final Multipart parts;
  private @Nullable AddEntry next;
  private boolean ended;

  public MultipartEntries(Multipart parts) {
    this.parts = parts;
  }

  @Override
  public boolean hasNext() {
    if (next == null && !ended) {
      next = read();
      ended = next == null;
    }
    return next != null;
  }

  @Override
  public AddEntry next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException("no more parts");
    }
    AddEntry entry = next;
    next = null;
    return entry;
  }

  private @Nullable AddEntry read() {
    try {
      Multipart.Part part = parts.next();
      return part == null ? null : entry(part);
    } catch (IOException e) {
      throw new UncheckedIOException("the upload broke off: " + e.getMessage(), e);
    }
  }

  private static AddEntry entry(Multipart.Part part) throws IOException {
    String path = clean(fileName(part.headers().getOrDefault("content-disposition", "")));
    String type = part.headers().getOrDefault("content-type", "").split(";", 2)[0].strip();
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "application/x-directory", "multipart/form-data" -> new AddEntry.Directory(path);
      case "application/symlink" -> new AddEntry.Symlink(path, target(part.body()));
      default -> new AddEntry.File(path, part.body());
    };
  }

  private static String target(InputStream body) throws IOException {
    byte[] target = body.readNBytes(MAX_LINK_TARGET_BYTES + 1);
    if (target.length > MAX_LINK_TARGET_BYTES) {
      throw ApiException.badRequest("symbolic link target is too long");
    }
    return new String(target, StandardCharsets.UTF_8);
  }

  private static String fileName(String disposition) {
    Matcher match = FILE_NAME.matcher(disposition);
    if (!match.find()) {
      return "";
    }
    String raw =
        Optional.ofNullable(match.group(1))
            .map(text -> text.replaceAll("\\\\(.)", "$1"))
            .orElseGet(() -> match.group(2).strip());
    try {
      return URLDecoder.decode(raw, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return raw;
    }
  }

  /** Resolves dots as if the path were absolute: it cannot lead upwards. */
  private static String clean(String path) {
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/")) {
      switch (name) {
        case "", "." -> {}
        case ".." -> names.pollLast();
        default -> names.add(name);
      }
    }
    return String.join("/", names);
  }
}
