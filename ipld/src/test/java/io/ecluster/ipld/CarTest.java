package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CarTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final Cid ROOT = Cid.parse("Qma7iwt9XCvm1nw2JraRhKwMkkthbSQVZ7bxRwqJx5ZBPg");

  /** By Kubo 0.42: ipfs add -r --chunker=size-100, then ipfs dag export. */
  private static byte[] kubosCar() throws IOException {
    try (InputStream in = CarTest.class.getResourceAsStream("tree.car")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private static List<Block> read(byte[] car) throws IOException {
    CarReader reader = new CarReader(new ByteArrayInputStream(car));
    List<Block> read = new ArrayList<>();
    for (Optional<Block> block = reader.next(); block.isPresent(); block = reader.next()) {
      read.add(block.get());
    }
    return read;
  }

  @Test
  void readsAndWritesAsKubo() throws IOException {
    byte[] car = kubosCar();
    assertThat(new CarReader(new ByteArrayInputStream(car)).roots()).containsExactly(ROOT);
    MemoryBlocks blocks = new MemoryBlocks();
    read(car).reversed().forEach(blocks::put);
    Cid file = PathResolver.resolve(ROOT, "d/x", blocks);
    assertThat(Files.read(file, blocks)).isEqualTo(KuboRoots.data(1000));

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out, List.of(ROOT));
    new DagWalker(blocks).forEachBlock(ROOT, writer);
    assertThat(out.toByteArray()).isEqualTo(car);
  }

  @Test
  void readsVersion2AroundVersion1() throws IOException {
    byte[] car = kubosCar();
    List<Cid> expected = read(car).stream().map(Block::cid).toList();
    byte[] wrapped = version2(car, 51 + 7, car.length);
    assertThat(read(wrapped)).extracting(Block::cid).isEqualTo(expected);
    byte[] cut = Arrays.copyOf(wrapped, 51 + 7 + car.length - 1);
    assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> read(version2(car, 50, car.length)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("nowhere");
    assertThatThrownBy(() -> read(version2(car, 58, car.length - 1)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("beyond the data");
  }

  private static byte[] version2(byte[] car, long offset, long size) {
    byte[] pragma = HEX.parseHex("0aa16776657273696f6e02");
    ByteBuffer out = ByteBuffer.allocate(58 + car.length + 20).order(ByteOrder.LITTLE_ENDIAN);
    out.put(pragma).put(new byte[16]).putLong(offset).putLong(size).putLong(offset + size);
    return out.put(58, car).array();
  }

  static LongStream seeds() {
    return Seeds.few();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void refusesDamage(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] car = kubosCar();
    int blocks = read(car).size();
    for (int i = 0; i < 200; i++) {
      byte[] damaged = car.clone();
      damaged[random.nextInt(car.length)] ^= (byte) (1 << random.nextInt(8));
      int readable = 0;
      try {
        readable = read(damaged).size();
      } catch (FormatException | EOFException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
      assertThat(readable).isIn(0, blocks);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void refusesToEndInsideABlock(long seed) throws IOException {
    byte[] car = kubosCar();
    byte[] last = new byte[0];
    for (Block block : read(car)) {
      last = block.data();
    }
    byte[] cut = Arrays.copyOf(car, car.length - 1 - new Random(seed).nextInt(last.length + 34));
    assertThatThrownBy(() -> read(cut)).isInstanceOf(EOFException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "00, section of 0 bytes",
    "01a0, is missing",
    "01f6, not a map",
    "0aa16776657273696f6e03, unknown CAR version 3",
    "0aa16776657273696f6e01, is missing",
    "12a265726f6f747381006776657273696f6e01, not a link",
    "ffffffff07, up to 1048576",
    "ffffffffffffffffff01, longer than"
  })
  void refusesHeaders(String hex, String why) {
    assertThatThrownBy(() -> read(HEX.parseHex(hex)))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesToBeginNowhere() {
    assertThatThrownBy(() -> read(new byte[0])).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> read(HEX.parseHex("80"))).isInstanceOf(EOFException.class);
  }

  @Test
  void refusesBlocksThatAreTooLargeBeforeReadingThem() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter unused = new CarWriter(out, List.of(ROOT));
    assertThat(unused).isNotNull();
    out.writeBytes(Varint.encode(1L << 40));
    assertThatThrownBy(() -> read(out.toByteArray()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("up to");
  }

  @Test
  void saysWhenItCannotWrite() throws IOException {
    Map<String, Cbor> empty = Map.of();
    Block block = new Block(ROOT, DagCbor.encode(Cbor.of(empty)));
    OutputStream closed = OutputStream.nullOutputStream();
    CarWriter writer = new CarWriter(closed, List.of());
    closed.close();
    assertThatThrownBy(() -> writer.put(block)).isInstanceOf(UncheckedIOException.class);
  }
}
