package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Against what Kubo computes; {@code hashes.json} says how. */
class HashFunctionTest {
  private static final int LONG_BYTES = 5000;

  static List<JsonNode> kubos() {
    return Vectors.list("hashes.json", "hashes");
  }

  @ParameterizedTest
  @MethodSource("kubos")
  void computesWhatKuboDoes(JsonNode vector) {
    HashFunction function = HashFunction.byName(vector.get("name").asString()).orElseThrow();
    assertThat(cid(function, new byte[0])).isEqualTo(vector.get("empty").asString());
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    assertThat(cid(function, abc)).isEqualTo(vector.get("abc").asString());
    assertThat(cid(function, counted(LONG_BYTES))).isEqualTo(vector.get("long").asString());
  }

  @Test
  void knowsAllThatKuboKnows() {
    Stream<String> names = kubos().stream().map(vector -> vector.get("name").asString());
    assertThat(HashFunction.names()).containsExactlyInAnyOrderElementsOf(names.toList());
  }

  private static String cid(HashFunction function, byte[] data) {
    return Cid.v1(Multicodec.RAW, function.hash(data)).toString();
  }

  private static byte[] counted(int length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long i = 0; out.size() < length; i++) {
      byte[] counter = ByteBuffer.allocate(Long.BYTES).putLong(i).array();
      out.writeBytes(HashFunction.SHA2_256.hash(counter).digest());
    }
    return Arrays.copyOf(out.toByteArray(), length);
  }
}
