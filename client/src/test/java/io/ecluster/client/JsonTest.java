package io.ecluster.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final String ALPHABET = "{}[]\",:0123456789.eE-+ntfaulrse\\u \u00ff\u0000";

  @Test
  void whatIsWrittenReadsBackTheSame() {
    for (long seed = 1; seed <= 2_000; seed++) {
      Object value = value(new Random(seed), 0);
      assertThat(Json.parse(Json.write(value))).as("seed %d", seed).isEqualTo(value);
      assertThat(Json.parse(Json.writeIndented(value, "    ")))
          .as("seed %d, indented", seed)
          .isEqualTo(value);
      assertThat(Json.write(value)).as("seed %d", seed).doesNotContain("\n");
    }
  }

  private static @Nullable Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 5 ? 7 : 9)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong();
      case 3 -> (long) random.nextInt(100);
      case 4 ->
          BigInteger.valueOf(Long.MAX_VALUE)
              .multiply(BigInteger.valueOf(1 + random.nextInt(9)))
              .add(BigInteger.ONE);
      case 5 -> random.nextGaussian() * 1e9 + 0.5;
      case 6 -> text(random);
      case 7 -> list(random, depth);
      default -> map(random, depth);
    };
  }

  private static List<@Nullable Object> list(Random random, int depth) {
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      list.add(value(random, depth + 1));
    }
    return list;
  }

  private static Map<String, @Nullable Object> map(Random random, int depth) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      map.put(text(random), value(random, depth + 1));
    }
    return map;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(
          switch (random.nextInt(4)) {
            case 0 -> random.nextInt(32);
            case 1 -> "<>&\"\\/\u2028\u2029\u007f".codePointAt(random.nextInt(9));
            case 2 -> 0x1f600 + random.nextInt(60);
            default -> ' ' + random.nextInt(200);
          });
    }
    return text.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a/b | \"a/b\"",
        "<a href=\"x\">&</a> | \"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u003c/a\\u003e\"",
        "ä→😀 | \"ä→😀\"",
        "back\\slash | \"back\\\\slash\""
      })
  void textIsWrittenAsGoWritesIt(String text, String expected) {
    assertThat(Json.write(text)).isEqualTo(expected);
  }

  @Test
  void controlCharactersAreWrittenAsGoWritesThem() {
    assertThat(Json.write("\u001b\n\r\t\b\f\u0000\u007f\u2028\u2029"))
        .isEqualTo("\"\\u001b\\n\\r\\t\\b\\f\\u0000\u007f\\u2028\\u2029\"");
  }

  @Test
  void indentationIsThatOfGo() {
    Map<String, @Nullable Object> value = new LinkedHashMap<>();
    value.put("a", List.of());
    value.put("b", Map.of());
    value.put("c", List.of(1, List.of(2)));
    value.put("d", null);
    assertThat(Json.writeIndented(value, "  "))
        .isEqualTo(
            """
            {
              "a": [],
              "b": {},
              "c": [
                1,
                [
                  2
                ]
              ],
              "d": null
            }\
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "[1,",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "nul",
        "tru",
        "'a'",
        "{a:1}",
        "[1,]",
        "{} {}",
        "1 2",
        "\"a",
        "\"\\x\"",
        "01",
        "+1",
        ".5",
        "NaN",
        "Infinity",
        "\u0000",
        "]",
        "}",
        ",",
        "//c\n1",
        "\"\n\""
      })
  void whatIsNotOneDocumentIsRefused(String text) {
    assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":"})
  void depthIsBounded(String open) {
    assertThatThrownBy(() -> Json.parse(open.repeat(1_000_000))).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> documents(open.repeat(1_000_000)).next())
        .isInstanceOf(JsonException.class);
  }

  @Test
  void numbersAreBounded() {
    assertThatThrownBy(() -> Json.parse("1".repeat(1_000_000))).isInstanceOf(JsonException.class);
    assertThat(Json.parse("18446744073709551615"))
        .isEqualTo(new BigInteger("18446744073709551615"));
    assertThat(Json.parse("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void anyBytesAreADocumentOrRefused() {
    for (long seed = 1; seed <= 3_000; seed++) {
      Random random = new Random(seed);
      byte[] bytes = new byte[random.nextInt(40)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ALPHABET.charAt(random.nextInt(ALPHABET.length()));
      }
      Json.Documents documents = Json.documents(new ByteArrayInputStream(bytes));
      try {
        for (Object next = documents.next(); next != null; ) {
          next = documents.next();
        }
      } catch (JsonException e) {
        assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
      }
    }
  }

  @Test
  void documentsFollowEachOtherWithAndWithoutLineEnds() {
    Json.Documents documents = documents("{\"a\":1}\n{\"a\":2}{\"a\":3}\n\n");
    assertThat(documents.next()).isEqualTo(Map.of("a", 1L));
    assertThat(documents.next()).isEqualTo(Map.of("a", 2L));
    assertThat(documents.next()).isEqualTo(Map.of("a", 3L));
    assertThat(documents.next()).isNull();
  }

  @Test
  void aStreamThatBreaksIsNotBadJson() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("cable cut");
          }

          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            throw new IOException("cable cut");
          }
        };
    assertThatThrownBy(() -> Json.documents(broken).next())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cable cut");
  }

  @Test
  void objectsAreReadWithExpectations() {
    JsonObject object =
        Json.parseObject("{\"t\":\"x\",\"n\":7,\"f\":true,\"l\":[\"a\",null],\"z\":null}");
    assertThat(object.text("t")).isEqualTo("x");
    assertThat(object.number("n")).isEqualTo(7);
    assertThat(object.flag("f")).isTrue();
    assertThat(object.list("l")).containsExactly("a", null);
    for (String empty : List.of("z", "absent")) {
      assertThat(object.text(empty)).isEmpty();
      assertThat(object.number(empty)).isZero();
      assertThat(object.flag(empty)).isFalse();
      assertThat(object.list(empty)).isEmpty();
      assertThat(object.object(empty).keys()).isEmpty();
    }
  }

  @Test
  void otherTypesThanExpectedNameTheKey() {
    JsonObject object =
        Json.parseObject(
            "{\"t\":1,\"n\":\"x\",\"f\":0,\"l\":{},\"o\":[],\"big\":18446744073709551615}");
    assertThatThrownBy(() -> object.text("t"))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("\"t\"");
    assertThatThrownBy(() -> object.number("n"))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("\"n\"");
    assertThatThrownBy(() -> object.number("big")).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> object.flag("f"))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("\"f\"");
    assertThatThrownBy(() -> object.list("l"))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("\"l\"");
    assertThatThrownBy(() -> object.object("o")).isInstanceOf(JsonException.class);
  }

  private static Json.Documents documents(String text) {
    return Json.documents(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
