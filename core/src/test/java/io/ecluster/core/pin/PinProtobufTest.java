package io.ecluster.core.pin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class PinProtobufTest {
  private static final Cid CID =
      Cid.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi");
  private static final String LEGACY = "legacy map metadata (field 6)";

  static Stream<Vectors.Vector> vectors() {
    return Vectors.load("pin_protobuf").all().stream();
  }

  static Stream<Vectors.Vector> forkVectors() {
    return Vectors.load("fork_pin_protobuf").all().stream();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsWhatGoWrote(Vectors.Vector vector) {
    JsonNode extra = vector.node().path("extra").path("decodedJSON");
    JsonNode expected = extra.isMissingNode() ? vector.node().get("meaning") : extra;

    assertMatches(PinProtobuf.decode(vector.bytes()), expected);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void writesTheSameBytesAsGo(Vectors.Vector vector) {
    String expected = vector.text("name").equals(LEGACY) ? sortedForm() : vector.hex();
    byte[] written = PinProtobuf.encode(PinProtobuf.decode(vector.bytes()));

    assertThat(HexFormat.of().formatHex(written)).isEqualTo(expected);
  }

  /** The legacy pin, with its metadata where it is written today. */
  private static String sortedForm() {
    String legacy = Vectors.load("pin_protobuf").named(LEGACY).hex();
    return legacy.replace("32060a016b120176", "52060a016b120176");
  }

  private static void assertMatches(Pin pin, JsonNode json) {
    PinOptions options = pin.options();
    assertThat(pin.cid()).hasToString(json.get("cid").asString());
    assertThat(pin.type().text()).isEqualTo(json.get("type").asString());
    assertThat(pin.maxDepth()).isEqualTo(json.get("max_depth").asInt());
    assertThat(options.direct()).isEqualTo(json.get("mode").asString().equals("direct"));
    assertThat(pin.allocations()).hasToString(texts(json.get("allocations")).toString());
    assertThat(text(pin.reference())).isEqualTo(json.get("reference").asString(""));
    assertThat(time(pin.timestamp())).isEqualTo(json.get("timestamp").asString());
    assertThat(options.replicationMin()).isEqualTo(json.get("replication_factor_min").asInt());
    assertThat(options.replicationMax()).isEqualTo(json.get("replication_factor_max").asInt());
    assertThat(options.name()).isEqualTo(json.get("name").asString());
    assertThat(options.shardSize()).isEqualTo(json.get("shard_size").asLong());
    assertThat(time(options.expireAt())).isEqualTo(json.get("expire_at").asString());
    assertThat(text(options.pinUpdate())).isEqualTo(json.get("pin_update").asString(""));
    assertThat(options.origins()).hasToString(texts(json.get("origins")).toString());
    Map<String, String> metadata = new TreeMap<>();
    json.get("metadata")
        .properties()
        .forEach(e -> metadata.put(e.getKey(), e.getValue().asString()));
    assertThat(options.metadata()).isEqualTo(metadata);
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static String text(Optional<Cid> cid) {
    return cid.map(Cid::toString).orElse("");
  }

  private static String time(Optional<Instant> time) {
    return time.map(Instant::toString).orElse("0001-01-01T00:00:00Z");
  }

  @Test
  void theCodeOfAnErasureCodedPinIsInFieldsOfItsOwn() {
    Pin plain = Pin.of(CID, PinOptions.NONE);
    Pin coded = Pin.of(CID, PinOptions.NONE.withCode(0, 4, 2));

    String hex = HexFormat.of().formatHex(PinProtobuf.encode(coded));

    assertThat(hex).endsWith("3206" + "a00604" + "a80602");
    assertThat(HexFormat.of().formatHex(PinProtobuf.encode(plain))).endsWith("3200");
    assertThat(PinProtobuf.decode(PinProtobuf.encode(coded))).isEqualTo(coded);
  }

  @Test
  void metadataIsSortedByBytesNotByUtf16() {
    String beyondBmp = "\uD83D\uDE00";
    String highBmp = "\uFF5E";
    PinOptions options = PinOptions.NONE.withMetadata(Map.of(beyondBmp, "", highBmp, ""));

    String hex = HexFormat.of().formatHex(PinProtobuf.encode(Pin.of(CID, options)));

    assertThat(hex).endsWith("52050a03efbd9e" + "52060a04f09f9880");
  }

  @Test
  void theKeyWinsOverTheCidInside() {
    Cid other = CID.rawAlias();

    assertThat(PinProtobuf.decode(other, PinProtobuf.encode(Pin.of(CID, PinOptions.NONE))).cid())
        .isEqualTo(other);
  }

  @ParameterizedTest
  @MethodSource("forkVectors")
  void ofTheForksPinsThoseAreReadThatItWritesAsGoDoes(Vectors.Vector vector) {
    JsonNode upstream = vector.node().get("meaning").path("upstreamDecode");
    if (upstream.isMissingNode()) {
      assertThat(PinProtobuf.encode(PinProtobuf.decode(vector.bytes()))).isEqualTo(vector.bytes());
    } else if (vector.text("name").equals("fork encoded: plain")) {
      JsonNode expected = vector.node().get("meaning").get("upstreamJSON");
      assertMatches(PinProtobuf.decode(vector.bytes()), expected);
    } else {
      assertThatThrownBy(() -> PinProtobuf.decode(vector.bytes()))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("erasure fork")
          .hasMessageContaining("--erasure");
    }
  }

  @Test
  void everyPinComesBackAsItWas() {
    for (long seed = 1; seed <= 500; seed++) {
      Pin pin = randomPin(new Random(seed));
      assertThat(PinProtobuf.decode(PinProtobuf.encode(pin))).as("seed %d", seed).isEqualTo(pin);
    }
  }

  private static Pin randomPin(Random random) {
    int depth = random.nextInt(-1, 3);
    PinOptions options =
        new PinOptions(
            random.nextInt(-1, 5),
            random.nextInt(-1, 5),
            random.nextBoolean() ? "" : "näme " + random.nextInt(),
            depth == 0,
            random.nextLong(1L << 40),
            random.nextInt(20),
            random.nextInt(20),
            List.of(),
            randomTime(random),
            new TreeMap<>(random.nextBoolean() ? Map.of() : Map.of("k" + random.nextInt(), "")),
            random.nextBoolean() ? Optional.empty() : Optional.of(CID),
            random.nextBoolean() ? List.of() : List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001")));
    return new Pin(
        random.nextBoolean() ? CID : Cid.v0(CID.hash()),
        List.of(PinType.values()).get(random.nextInt(5)),
        random.nextBoolean() ? List.of() : List.of(PeerId.ofPublicKey(new byte[36])),
        depth,
        random.nextBoolean() ? Optional.empty() : Optional.of(CID.rawAlias()),
        options,
        randomTime(random));
  }

  private static Optional<Instant> randomTime(Random random) {
    return random.nextBoolean()
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(random.nextLong(1, 1L << 35)));
  }

  @Test
  void bytesThatAreNoPinAreRefused() {
    FrameMutator pins = FrameMutator.of(Vectors.load("pin_protobuf").everyFrame());
    int refused = pins.runBounded(20_000, PinProtobufTest::isRefused);
    assertThat(refused).as(pins::describe).isBetween(5_000, 19_000);
  }

  private static boolean isRefused(byte[] bytes) {
    try {
      PinProtobuf.decode(bytes);
      return false;
    } catch (FormatException e) {
      return true;
    }
  }

  @Test
  void whatIsTooLargeOrOutOfRangeIsRefused() {
    assertThatThrownBy(() -> PinProtobuf.decode(new byte[PinProtobuf.MAX_BYTES + 1]))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("at most");
    byte[] farFuture = HexFormat.of().parseHex("38ffffffffffffffff7f");
    assertThatThrownBy(() -> PinProtobuf.decode(CID, farFuture))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("out of range");
    byte[] tooManyShards = HexFormat.of().parseHex("320aa006ffffffffffffff7f");
    assertThatThrownBy(() -> PinProtobuf.decode(CID, tooManyShards))
        .isInstanceOf(FormatException.class);
  }
}
