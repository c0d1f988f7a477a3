package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Vectors;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever Go accepts is accepted, and nothing that a peer sends does harm. */
class MsgpackToleranceTest {
  private static final Vectors VECTORS = Vectors.load("msgpack_tolerance");

  static Stream<String> vectors() {
    return VECTORS.all().stream().map(v -> v.text("name"));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void acceptsAndRefusesWhatGoDoes(String name) throws IOException {
    Vectors.Vector vector = VECTORS.named(name);
    if (vector.text("description").equals("ok")) {
      assertThat(Bytes.decode(codec(name), vector.hex())).isNotNull();
    } else {
      assertThatThrownBy(() -> Bytes.decode(codec(name), vector.hex()))
          .isInstanceOf(MsgException.class)
          .hasMessageStartingWith("msgpack decode error [pos ");
    }
  }

  private static Codec<?> codec(String name) {
    return switch (name) {
      case String n when n.endsWith("into string") -> Codecs.STRING;
      case String n when n.endsWith("into []byte") -> Codecs.BYTES;
      case String n when n.endsWith("into []peer.ID") -> Codecs.PEERS;
      case String n when n.endsWith("into peer.ID") ->
          nilable(n, Codecs.OPTIONAL_PEER, Codecs.PEER);
      case String n when n.endsWith("into Cid") -> nilable(n, Codecs.OPTIONAL_CID, Codecs.CID);
      case String n when n.endsWith("into int") -> Codecs.LONG;
      case String n when n.endsWith("into uint64") -> Codecs.UNSIGNED;
      case String n when n.contains("time") -> Codecs.TIME;
      case String n when n.endsWith("struct{}") -> Codecs.NOTHING;
      case String n when n.startsWith("Pin map") -> PinCodecs.PIN;
      case "nil into Multiaddr" -> Codecs.ADDRESSES;
      case String n when n.endsWith("Multiaddr") -> Codecs.ADDRESS;
      default -> IpfsCodecs.VERSION;
    };
  }

  /** Nil is a value only where we have "none". */
  private static Codec<?> nilable(String name, Codec<?> optional, Codec<?> plain) {
    return name.startsWith("nil") ? optional : plain;
  }

  @ParameterizedTest
  @CsvSource({"ccc8,200", "d100c8,200", "cf0000000000000009,9", "cb4014000000000000,5", "ff,-1"})
  void readsIntegersOfAnyForm(String hex, long value) throws IOException {
    assertThat(Bytes.decode(Codecs.LONG, hex)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "d6ff6553f100,0",
    "d7ff1d6f34546553f100,123456789",
    "c40c075bcd15000000006553f100,123456789"
  })
  void readsTimesOfAnyForm(String hex, long nanos) throws IOException {
    assertThat(Bytes.decode(Codecs.TIME, hex)).isEqualTo(Instant.ofEpochSecond(0x6553f100L, nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "c6ffffffff, at most", // a string of 4 GiB
    "dbffffffff, at most",
    "ddffffffff, at most", // a list of 4 G
    "c5ffff, message is larger" // more than is granted
  })
  void refusesSizesBeforeItAllocates(String hex, String why) {
    MsgReader reader = new MsgReader(new ByteArrayInputStream(Bytes.hex(hex)), 1000);
    Codec<?> codec = hex.startsWith("dd") ? Codecs.PEERS : Codecs.BYTES;
    assertThatThrownBy(() -> codec.read(reader)).hasMessageContaining(why);
  }

  @Test
  void refusesADeepNest() {
    byte[] bytes = Bytes.hex("82a178" + "91".repeat(100) + "00" + "a17600");
    assertThatThrownBy(() -> IpfsCodecs.VERSION.read(Bytes.reader(bytes)))
        .hasMessageContaining("nest deeper");
  }

  @Test
  void aMessageMayNotOutgrowItsShareByManySmallParts() {
    byte[] many = new byte[5000];
    java.util.Arrays.fill(many, (byte) 0xa0);
    many[0] = (byte) 0xdc;
    many[1] = 0x13;
    many[2] = 0x00;
    MsgReader reader = new MsgReader(new ByteArrayInputStream(many), 1000);
    assertThatThrownBy(() -> Codecs.STRINGS.read(reader)).hasMessageContaining("larger than 1000");
  }

  @Test
  void eachMessageHasAShareOfItsOwn() throws IOException {
    MsgReader reader = new MsgReader(new ByteArrayInputStream(new byte[300]), 100);
    for (int i = 0; i < 300; i++) {
      reader.startMessage();
      assertThat(reader.signed()).isZero();
    }
    assertThat(reader.atEnd()).isTrue();
  }

  /** Before it is known who asks, many calls at a time could promise a megabyte each. */
  @Test
  void aLengthThatIsClaimedTakesNoMemory() {
    FrameMutator promises = FrameMutator.of(List.of(Bytes.hex("db000fff00616263")));
    int refused = promises.runBounded(500, 100 << 10, 4, MsgpackToleranceTest::isCutShort);
    assertThat(refused).isGreaterThan(100);
  }

  private static boolean isCutShort(byte[] bytes) {
    try {
      return Bytes.reader(bytes).raw().length < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void longStringsAreReadWhole() throws IOException {
    Random random = new Random(5);
    for (int length : List.of(16_383, 65_535, 65_536, 65_537, 262_144, 262_145, 1_000_000)) {
      byte[] string = new byte[length];
      random.nextBytes(string);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      MsgWriter writer = new MsgWriter(out);
      writer.raw(string);
      writer.signed(7);
      MsgReader reader = Bytes.reader(out.toByteArray());
      assertThat(reader.raw()).isEqualTo(string);
      assertThat(reader.signed()).isEqualTo(7);
    }
  }

  /**
   * Whatever comes, reading ends in an IOException at worst, and takes no more memory than came.
   */
  @Test
  void changedMessagesAreRefusedInOrder() {
    FrameMutator messages = FrameMutator.of(Vectors.load("msgpack_types").everyFrame());
    Random random = new Random(messages.seed());
    List<Codec<?>> codecs =
        RpcMethods.ALL.stream()
            .<Codec<?>>flatMap(method -> Stream.of(method.argument(), method.reply()))
            .toList();
    int refused =
        messages.runBounded(
            40_000, bytes -> refuses(codecs.get(random.nextInt(codecs.size())), bytes));
    assertThat(refused).as(messages::describe).isGreaterThan(10_000);
  }

  private static boolean refuses(Codec<?> codec, byte[] bytes) {
    try {
      codec.read(Bytes.reader(bytes));
      return false;
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("null");
      return true;
    }
  }
}
