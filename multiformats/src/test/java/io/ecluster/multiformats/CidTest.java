package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class CidTest {
  private static final HexFormat HEX = HexFormat.of();

  /** Go also reads padded bases and ignores stray bits at the end; nobody writes CIDs like that. */
  private static final Set<String> ONLY_GO = Set.of("c", "M", "U");

  static List<JsonNode> gosCids() {
    return Vectors.list("multiformats.json", "cids");
  }

  @ParameterizedTest
  @MethodSource("gosCids")
  void readsTextAsGo(JsonNode vector) {
    String text = Vectors.text(vector, "text");
    if (vector.has("error") || isOnlyForGo(text)) {
      assertThatThrownBy(() -> Cid.parse(text)).isInstanceOf(FormatException.class);
    } else {
      Cid cid = Cid.parse(text);
      assertThat(HEX.formatHex(cid.toBytes())).isEqualTo(Vectors.text(vector, "hex"));
      assertThat(cid).hasToString(Vectors.text(vector, "canonical"));
    }
  }

  private static boolean isOnlyForGo(String text) {
    return text.equals("bafkqaab")
        || ONLY_GO.contains(text.substring(0, Math.min(1, text.length())));
  }

  static LongStream seeds() {
    return Vectors.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsWhatItWroteInEveryBase(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 100; i++) {
      Cid cid = random(random);
      assertThat(Cid.fromBytes(cid.toBytes())).isEqualTo(cid).hasSameHashCodeAs(cid);
      for (Multibase base : Multibase.values()) {
        assertThat(Cid.parse(cid.toString(base))).isEqualTo(cid);
      }
    }
  }

  private static Cid random(Random random) {
    byte[] data = Vectors.bytes(random, random.nextInt(100));
    return switch (random.nextInt(3)) {
      case 0 -> Cid.v0(HashFunction.SHA2_256.hash(data));
      case 1 ->
          Cid.v1(random.nextLong() >>> (1 + random.nextInt(63)), HashFunction.SHA2_512.hash(data));
      default -> Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, data));
    };
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsOneAfterTheOther(long seed) {
    Random random = new Random(seed);
    ByteBuffer buffer = ByteBuffer.allocate(100_000);
    List<Cid> cids = Stream.generate(() -> random(random)).limit(100).toList();
    cids.forEach(cid -> buffer.put(cid.toBytes()));
    buffer.flip();
    for (Cid cid : cids) {
      assertThat(Cid.read(buffer)).isEqualTo(cid);
    }
    assertThat(buffer.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void survivesDamage(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = random(random).toBytes();
      bytes[random.nextInt(Math.min(8, bytes.length))] = (byte) random.nextInt();
      byte[] cut = Arrays.copyOf(bytes, bytes.length - random.nextInt(3));
      try {
        assertThat(Cid.fromBytes(cut).toBytes()).isEqualTo(cut);
      } catch (FormatException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void refusesToAllocateWhatAnAttackerAnnounces() {
    byte[] bytes = HEX.parseHex("0155" + "12" + "ffffffffffffff7f");
    assertThatThrownBy(() -> Cid.fromBytes(bytes)).hasMessageContaining("at most 128");
  }

  @Test
  void isEqualOnlyInVersionCodecAndHash() {
    Multihash hash = HashFunction.SHA2_256.hash(new byte[] {1});
    Cid v0 = Cid.v0(hash);
    Cid v1 = Cid.v1(Multicodec.DAG_PB, hash);
    assertThat(v0).isNotEqualTo(v1);
    assertThat(v0.rawAlias()).isEqualTo(v1.rawAlias()).isEqualTo(Cid.v1(Multicodec.RAW, hash));
    Cid raw = v0.rawAlias();
    assertThat(raw.rawAlias()).isSameAs(raw);
  }

  @Test
  void ordersByBinaryForm() {
    Random random = new Random(1);
    List<Cid> cids = Stream.generate(() -> random(random)).limit(100).sorted().toList();
    for (int i = 1; i < cids.size(); i++) {
      assertThat(Arrays.compareUnsigned(cids.get(i - 1).toBytes(), cids.get(i).toBytes()))
          .isLessThanOrEqualTo(0);
    }
  }

  @Test
  void hasNoVersionZeroOfOtherHashesOrCodecs() {
    Multihash long512 = HashFunction.SHA2_512.hash(new byte[0]);
    assertThatThrownBy(() -> Cid.v0(long512)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> Cid.v0(Multihash.of(0x12, new byte[20])))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> new Cid(2, Multicodec.RAW, long512))
        .isInstanceOf(FormatException.class);
  }
}
