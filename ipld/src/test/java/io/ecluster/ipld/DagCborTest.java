package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DagCborTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final JsonMapper JSON = new JsonMapper();

  static List<JsonNode> kubosBlocks() throws IOException {
    try (InputStream in = DagCborTest.class.getResourceAsStream("dag-cbor.json")) {
      return JSON.readTree(Objects.requireNonNull(in)).get("vectors").valueStream().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("kubosBlocks")
  void writesAndReadsAsKubo(JsonNode vector) {
    Cbor value = value(JSON.readTree(vector.get("json").asString()));
    byte[] bytes = HEX.parseHex(vector.get("hex").asString());
    assertThat(DagCbor.encode(value)).isEqualTo(bytes);
    assertThat(DagCbor.decode(bytes)).isEqualTo(value);
    assertThat(Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(bytes)).toString())
        .isEqualTo(vector.get("cid").asString());
  }

  /** The value of dag-json text. */
  private static Cbor value(JsonNode json) {
    return switch (json.getNodeType()) {
      case BOOLEAN -> Cbor.of(json.asBoolean());
      case STRING -> Cbor.of(json.asString());
      case NUMBER ->
          json.isIntegralNumber() ? Cbor.of(json.asLong()) : new Cbor.Float64(json.asDouble());
      case ARRAY -> Cbor.of(json.valueStream().map(DagCborTest::value).toList());
      case OBJECT -> json.has("/") ? special(json.get("/")) : dict(json);
      default -> Cbor.Null.NULL;
    };
  }

  private static Cbor special(JsonNode json) {
    return json.isString()
        ? Cbor.of(Cid.parse(json.asString()))
        : Cbor.of(Base64.getDecoder().decode(json.get("bytes").asString()));
  }

  private static Cbor dict(JsonNode json) {
    Map<String, Cbor> entries = new LinkedHashMap<>();
    json.properties().forEach(e -> entries.put(e.getKey(), value(e.getValue())));
    return Cbor.of(entries);
  }

  static LongStream seeds() {
    return Seeds.few();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsWhatItWrote(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      Cbor value = randomValue(random, 4);
      byte[] bytes = DagCbor.encode(value);
      assertThat(DagCbor.decode(bytes)).isEqualTo(value);
    }
  }

  /** The strictness in one sentence: nothing is read that would be written otherwise. */
  @ParameterizedTest
  @MethodSource("seeds")
  void readsOnlyWhatItWouldWrite(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = DagCbor.encode(randomValue(random, 3));
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        assertThat(DagCbor.encode(DagCbor.decode(bytes))).isEqualTo(bytes);
      } catch (FormatException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void refusesEveryPrefix(long seed) {
    byte[] bytes = DagCbor.encode(randomValue(new Random(seed), 3));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> DagCbor.decode(cut)).isInstanceOf(FormatException.class);
    }
  }

  private static Cbor randomValue(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 10 : 8)) {
      case 0 -> Cbor.of(random.nextLong() >> random.nextInt(64));
      case 1 -> Cbor.of(Seeds.bytes(random, random.nextInt(300)));
      case 2 -> Cbor.of("é\uD83D\uDE00x".repeat(random.nextInt(20)));
      case 3 -> Cbor.of(random.nextBoolean());
      case 4 -> Cbor.Null.NULL;
      case 5 -> new Cbor.Float64(random.nextGaussian());
      case 6 -> Cbor.of(randomCid(random));
      case 7 -> randomBig(random);
      case 8 -> {
        List<Cbor> items = new ArrayList<>();
        for (int i = random.nextInt(30); i > 0; i--) {
          items.add(randomValue(random, depth - 2));
        }
        yield Cbor.of(items);
      }
      default -> {
        Map<String, Cbor> entries = new LinkedHashMap<>();
        for (int i = random.nextInt(30); i > 0; i--) {
          entries.put("k" + random.nextInt(1000), randomValue(random, depth - 2));
        }
        yield Cbor.of(entries);
      }
    };
  }

  private static Cbor randomBig(Random random) {
    BigInteger number = new BigInteger(63, random).setBit(63);
    return new Cbor.BigInt(random.nextBoolean() ? number : number.not());
  }

  private static Cid randomCid(Random random) {
    return random.nextBoolean()
        ? Cid.v0(HashFunction.SHA2_256.hash(Seeds.bytes(random, 8)))
        : Cid.v1(random.nextInt(1000), HashFunction.SHA2_512.hash(Seeds.bytes(random, 8)));
  }

  @ParameterizedTest
  @CsvSource({
    "'', cut short",
    "1817, shortest form",
    "1900ff, shortest form",
    "1a0000ffff, shortest form",
    "1b00000000ffffffff, shortest form",
    "3800, shortest form",
    "5800, shortest form",
    "7800, shortest form",
    "9800, shortest form",
    "b800, shortest form",
    "d9002a4100, shortest form",
    "1c, indefinite or reserved",
    "5f4100ff, indefinite or reserved",
    "9f00ff, indefinite or reserved",
    "bf616100ff, indefinite or reserved",
    "a2616200616100, out of order",
    "a2626161006162 00, out of order",
    "a2616100616100, repeated",
    "a10000, not text",
    "a14100 00, not text",
    "61ff, not UTF-8",
    "63eda080, not UTF-8",
    "f7, does not allow",
    "f800, does not allow",
    "f90000, does not allow",
    "fa00000000, does not allow",
    "ff, does not allow",
    "fb7ff8000000000000, NaN",
    "fb7ff0000000000000, Infinity",
    "c000, not a link",
    "d82b4100, not a link",
    "d82a00, not a link",
    "d82a, cut short",
    "d82a40, zero byte",
    "d82a420155, zero byte",
    "d82a4100, cut short",
    "d82a450001550001, cut short",
    "d82a460001550000 00, 1 bytes follow the CID",
    "0000, 1 bytes follow",
    "9bffffffffffffffff, announces",
    "9b7fffffffffffffff, announces",
    "9a7fffffff, announces",
    "ba7fffffff, announces",
    "5a7fffffff00, announces",
    "7b8000000000000000, announces"
  })
  void refusesWhatIsNotCanonical(String hex, String why) {
    assertThatThrownBy(() -> DagCbor.decode(HEX.parseHex(hex.replace(" ", ""))))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesNestingThatWouldExhaustTheStack() {
    byte[] lists = new byte[Block.MAX_BYTES];
    java.util.Arrays.fill(lists, (byte) 0x81);
    assertThatThrownBy(() -> DagCbor.decode(lists)).hasMessageContaining("nested deeper");
    Cbor value = Cbor.Null.NULL;
    for (int i = 0; i <= DagCbor.MAX_DEPTH; i++) {
      value = Cbor.of(List.of(value));
    }
    Cbor deep = value;
    assertThatThrownBy(() -> DagCbor.encode(deep)).hasMessageContaining("nested deeper");
  }

  @Test
  void refusesMoreThanABlock() {
    assertThatThrownBy(() -> DagCbor.decode(new byte[Block.MAX_BYTES + 1]))
        .hasMessageContaining("too large");
  }

  @Test
  void refusesTextThatIsNotUnicode() {
    assertThatThrownBy(() -> DagCbor.encode(Cbor.of("\uD83D"))).isInstanceOf(FormatException.class);
  }

  @Test
  void givesFieldsByTypeAndSaysWhichIsWrong() {
    Cbor.Dict dict = Cbor.of(Map.of("n", Cbor.of(7), "t", Cbor.of("x"), "l", Cbor.of(List.of())));
    assertThat(dict.integer("n")).isEqualTo(7);
    assertThat(dict.text("t")).isEqualTo("x");
    assertThat(dict.list("l")).isEmpty();
    assertThatThrownBy(() -> dict.bytes("t")).hasMessage("field 't' is not bytes");
    assertThatThrownBy(() -> dict.link("n")).hasMessage("field 'n' is not a link");
    assertThatThrownBy(() -> dict.dict("n")).hasMessage("field 'n' is not a map");
    assertThatThrownBy(() -> dict.integer("z")).hasMessage("field 'z' is missing");
    assertThatThrownBy(() -> DagCbor.decodeDict(new byte[] {0})).hasMessageContaining("not a map");
  }

  @Test
  void findsLinksInOrder() {
    Cid one = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(new byte[] {1}));
    Cid two = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(new byte[] {2}));
    Cbor value =
        Cbor.of(
            Map.of(
                "long", Cbor.of(List.of(Cbor.of(one), Cbor.of(1), Cbor.of(two))),
                "a", Cbor.of(two)));
    assertThat(DagCbor.links(value)).containsExactly(two, one, two);
  }
}
