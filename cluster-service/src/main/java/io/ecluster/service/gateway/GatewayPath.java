package io.ecluster.service.gateway;

import io.ecluster.service.http.ApiException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Paths as they are in requests. */
final class GatewayPath {
  private GatewayPath() {}

  /** Without empty names and dots; a slash at the end stays. */
  static String clean(String raw) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : raw.split("/")) {
      switch (part) {
        case "", "." -> {}
        case ".." -> parts.pollLast();
        default -> parts.add(part);
      }
    }
    boolean folder = raw.endsWith("/") || raw.endsWith("/.") || raw.endsWith("/..");
    String path = "/" + String.join("/", parts);
    return folder && !parts.isEmpty() ? path + "/" : path;
  }

  /**
   * Decodes percent signs; a plus sign is one.
   *
   * @throws ApiException with 400 if one is not followed by two digits
   */
  static String decode(String raw) {
    try {
      return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("path is not properly percent-encoded");
    }
  }

  /** A path as a header can carry it: bytes of UTF-8, and no line can end in it. */
  static String headerText(String path) {
    StringBuilder text = new StringBuilder();
    for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      text.append(c < ' ' || c == 127 ? ' ' : c);
    }
    return text.toString();
  }

  static String queryText(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
