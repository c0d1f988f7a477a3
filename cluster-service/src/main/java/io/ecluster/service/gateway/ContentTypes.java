package io.ecluster.service.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;

/** What a file is, by the ending of its name or else by its first bytes. */
public final class ContentTypes {
  /** No table of beginnings looks further. */
  public static final int SNIFFED_BYTES = 3072;

  private static final Map<String, String> BY_ENDING = load();
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BINARY = "application/octet-stream";

  /** Bytes at a place from the beginning, in hexadecimal, and what begins so. */
  private record Magic(int offset, byte[] bytes, String type) {
    static Magic of(int offset, String hex, String type) {
      return new Magic(offset, HexFormat.of().parseHex(hex), type);
    }

    boolean fits(byte[] head) {
      if (head.length < offset + bytes.length) {
        return false;
      }
      for (int i = 0; i < bytes.length; i++) {
        if (head[offset + i] != bytes[i]) {
          return false;
        }
      }
      return true;
    }
  }

  private static final List<Magic> MAGICS =
      List.of(
          Magic.of(0, "89504e470d0a1a0a", "image/png"),
          Magic.of(0, "ffd8ff", "image/jpeg"),
          Magic.of(0, "474946383761", "image/gif"),
          Magic.of(0, "474946383961", "image/gif"),
          Magic.of(8, "57454250", "image/webp"),
          Magic.of(0, "424d", "image/bmp"),
          Magic.of(0, "255044462d", "application/pdf"),
          Magic.of(0, "504b0304", "application/zip"),
          Magic.of(0, "1f8b", "application/gzip"),
          Magic.of(0, "425a68", "application/x-bzip2"),
          Magic.of(0, "fd377a585a00", "application/x-xz"),
          Magic.of(0, "28b52ffd", "application/zstd"),
          Magic.of(0, "377abcaf271c", "application/x-7z-compressed"),
          Magic.of(257, "7573746172", "application/x-tar"),
          Magic.of(0, "494433", "audio/mpeg"),
          Magic.of(0, "664c6143", "audio/flac"),
          Magic.of(8, "57415645", "audio/wav"),
          Magic.of(0, "4f676753", "application/ogg"),
          Magic.of(4, "6674797069736f6d", "video/mp4"),
          Magic.of(4, "667479706d703432", "video/mp4"),
          Magic.of(0, "1a45dfa3", "video/webm"),
          Magic.of(0, "0061736d", "application/wasm"));

  /** What text may begin with, after white space, in lower case. */
  private static final List<Map.Entry<String, String>> MARKUP =
      List.of(
          Map.entry("<!doctype html", "text/html"),
          Map.entry("<html", "text/html"),
          Map.entry("<?xml", "text/xml; charset=utf-8"),
          Map.entry("<svg", "image/svg+xml"));

  private ContentTypes() {}

  private static Map<String, String> load() {
    try (InputStream in = ContentTypes.class.getResourceAsStream("types.properties")) {
      Properties types = new Properties();
      types.load(in);
      return types.stringPropertyNames().stream()
          .collect(Collectors.toUnmodifiableMap(name -> name, types::getProperty));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The type that the ending of a name means; empty if none is known. */
  public static String byName(String name) {
    int dot = name.lastIndexOf('.');
    String ending = name.substring(dot + 1).toLowerCase(Locale.ROOT);
    return dot < 0 ? "" : BY_ENDING.getOrDefault(ending, "");
  }

  /** The type that the first bytes look like. */
  public static String byContent(byte[] head) {
    for (Magic magic : MAGICS) {
      if (magic.fits(head)) {
        return magic.type();
      }
    }
    return isText(head) ? textType(head) : BINARY;
  }

  private static String textType(byte[] head) {
    String text = new String(head, StandardCharsets.UTF_8).stripLeading().toLowerCase(Locale.ROOT);
    return MARKUP.stream()
        .filter(markup -> text.startsWith(markup.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(TEXT);
  }

  /** UTF-8, perhaps cut at its end, without the control characters that no text has. */
  private static boolean isText(byte[] head) {
    for (byte b : head) {
      boolean white = b == '\t' || b == '\n' || b == '\r' || b == '\f' || b == 0x1b;
      if (b >= 0 && b < ' ' && !white) {
        return false;
      }
    }
    CharBuffer out = CharBuffer.allocate(head.length + 1);
    CoderResult result =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(head), out, false);
    return !result.isError();
  }
}
