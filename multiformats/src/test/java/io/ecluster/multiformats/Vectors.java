package io.ecluster.multiformats;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What Go's libraries made, and seeds for properties. */
final class Vectors {
  private Vectors() {}

  /** The list of this name in a resource. */
  static List<JsonNode> list(String resource, String name) {
    try (InputStream in = Vectors.class.getResourceAsStream(resource)) {
      JsonNode all = new JsonMapper().readTree(Objects.requireNonNull(in));
      return all.get(name).valueStream().toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static String text(JsonNode vector, String field) {
    return vector.has(field) ? vector.get(field).asString() : "";
  }

  /** A few seeds that stay and one that is new each time, named when a test fails. */
  static LongStream seeds() {
    return LongStream.concat(LongStream.range(0, 20), LongStream.of(System.nanoTime()));
  }

  static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
