package io.ecluster.ipld;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The roots that Kubo gave, and the bytes it was given; the file says how they are made. */
final class KuboRoots {
  static final JsonNode ALL = load();

  private static final byte[] BYTES = bytes();

  private KuboRoots() {}

  private static JsonNode load() {
    try (InputStream in = KuboRoots.class.getResourceAsStream("kubo-roots.json")) {
      return new JsonMapper().readTree(Objects.requireNonNull(in));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<JsonNode> files() {
    return ALL.get("files").valueStream().toList();
  }

  static byte[] data(int length) {
    return Arrays.copyOf(BYTES, length);
  }

  static InputStream stream(int length) {
    return new ByteArrayInputStream(BYTES, 0, length);
  }

  private static byte[] bytes() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (long i = 0; out.size() < 3_000_000; i++) {
        out.writeBytes(sha256.digest(ByteBuffer.allocate(Long.BYTES).putLong(i).array()));
      }
      return out.toByteArray();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
