package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multihash;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an attacker may send instead of a manifest: it is refused, or it is harmless. */
final class HostileManifestTest {
  private static final CodeParameters PARAMETERS = new CodeParameters(2, 1, 100, 1000);
  private static final int ROUNDS = 4000;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final CodedStore store =
      TestBlocks.code(PARAMETERS, TestBlocks.raws(random, 60, 30, 100, 50, 50, 300, 0, 20));

  static Stream<Arguments> badCells() {
    Cbor hash = Cbor.of(HashFunction.SHA2_256.hash(new byte[] {1}).toBytes());
    Cbor other = Cbor.of(HashFunction.SHA2_256.hash(new byte[] {2}).toBytes());
    Cbor identity = Cbor.of(Multihash.of(Multihash.IDENTITY, new byte[3]).toBytes());
    Cbor truncated = Cbor.of(Multihash.of(HashFunction.SHA2_256.code(), new byte[20]).toBytes());
    Cbor unknown = Cbor.of(Multihash.of(0xd5, new byte[16]).toBytes());
    Cbor parity = cell(block(hash, 0x55, 10));
    return Stream.of(
        Arguments.of("negative size", stripe(cell(block(hash, 0x55, -1)), cell(), parity)),
        Arguments.of(
            "size beyond a block", stripe(cell(block(hash, 0x55, 2097153)), cell(), parity)),
        Arguments.of(
            "size beyond an int", stripe(cell(block(hash, 0x55, 1L << 40)), cell(), parity)),
        Arguments.of("negative codec", stripe(cell(block(hash, -5, 10)), cell(), parity)),
        Arguments.of("identity hash", stripe(cell(block(identity, 0x55, 3)), cell(), parity)),
        Arguments.of("truncated hash", stripe(cell(block(truncated, 0x55, 10)), cell(), parity)),
        Arguments.of("unknown hash", stripe(cell(block(unknown, 0x55, 10)), cell(), parity)),
        Arguments.of("no blocks", stripe(cell(), cell(), cell())),
        Arguments.of("no parity", stripe(cell(block(hash, 0x55, 10)), cell(), cell())),
        Arguments.of(
            "parity too short",
            stripe(cell(block(hash, 0x55, 11)), cell(), cell(block(other, 0x55, 10)))),
        Arguments.of(
            "parity too long",
            stripe(cell(block(hash, 0x55, 9)), cell(), cell(block(other, 0x55, 10)))),
        Arguments.of(
            "parity in pieces",
            stripe(
                cell(block(hash, 0x55, 10)),
                cell(),
                cell(block(other, 0x55, 4), block(other, 0x55, 6)))),
        Arguments.of(
            "parity of endless empty blocks",
            stripe(cell(block(hash, 0x55, 0)), cell(), cell(block(other, 0x55, 0)))),
        Arguments.of(
            "parity with a codec",
            stripe(cell(block(hash, 0x55, 10)), cell(), cell(block(other, 0x70, 10)))),
        Arguments.of(
            "a block placed twice",
            stripe(cell(block(hash, 0x55, 10)), cell(block(hash, 0x55, 10)), parity)),
        Arguments.of("too few cells", Cbor.of(List.of(cell(block(hash, 0x55, 10)), parity))),
        Arguments.of(
            "too many cells",
            Cbor.of(List.of(cell(block(hash, 0x55, 10)), cell(), parity, parity))),
        Arguments.of(
            "a block of two fields",
            stripe(cell(Cbor.of(List.of(hash, Cbor.of(1)))), cell(), parity)),
        Arguments.of("a text for a cell", stripe(Cbor.of("x"), cell(), parity)),
        Arguments.of("a cell beyond 16 MiB", stripe(hugeCell(), cell(), parity)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badCells")
  void badStripesAreRefused(String what, Cbor stripe) {
    assertRefused(what, group("stripes", Cbor.of(List.of(stripe))), GroupNode::fromBytes);
  }

  static Stream<Arguments> badFields() {
    return Stream.of(
        Arguments.of("type", Cbor.of("shard")),
        Arguments.of("version", Cbor.of(0)),
        Arguments.of("coding", Cbor.of(new byte[15])),
        Arguments.of("index", Cbor.of(-1)),
        Arguments.of("index", Cbor.of(1L << 33)),
        Arguments.of("offset", Cbor.of(-1)),
        Arguments.of("code", Fields.code(0, 3)),
        Arguments.of("code", Fields.code(3, 0)),
        Arguments.of("code", Fields.code(200, 200)),
        Arguments.of("code", Fields.code(3, 1)),
        Arguments.of("code", Cbor.of(Map.of("name", Cbor.of("lrc")))),
        Arguments.of("stripes", Cbor.of(List.of())),
        Arguments.of("stripes", Cbor.of(7)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("badFields")
  void badFieldsAreRefused(String key, Cbor value) {
    assertRefused(key, group(key, value), GroupNode::fromBytes);
  }

  @Test
  void mutatedGroupNodesAreRefusedOrHarmless() {
    byte[] good = store.groups().getFirst().toBlock().data();
    int survivors = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bad = mutate(good);
      GroupNode read = tryRead(bad, GroupNode::fromBytes);
      if (read != null) {
        survivors++;
        assertThat(read.toBlock().data()).as("seed %d", seed).isEqualTo(bad);
        assertDecodesOrFails(read);
      }
    }
    assertThat(survivors).isBetween(1, ROUNDS - 1);
  }

  @Test
  void mutatedShardNodesAreRefusedOrHarmless() {
    byte[] good = store.shards(0).getLast().toBlock().data();
    for (int round = 0; round < ROUNDS; round++) {
      tryRead(mutate(good), ShardNode::fromBytes);
    }
  }

  @Test
  void mutatedRootsAreRefusedOrHarmless() {
    Block root =
        ManifestWriter.write(store.manifest(TestBlocks.raw(random, 3).cid(), 9, PARAMETERS))
            .getLast();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bad = mutate(root.data());
      Manifest read = tryRead(bad, bytes -> new ManifestReader(only(root, bytes)).read(root.cid()));
      if (read != null) {
        tryRead(bad, _ -> new ManifestReader(store.nodes(List.of())).group(read, 0));
      }
    }
  }

  @Test
  void pagesThatGoInCirclesOrAreEmptyAreRefused() {
    CodingId coding = store.groups().getFirst().coding();
    Map<String, Cbor> page = Fields.node(ManifestWriter.PAGE_KIND, coding, Map.of());
    page.put(ManifestWriter.FIRST, Cbor.of(0));
    page.put(ManifestWriter.GROUPS, Cbor.of(List.of()));
    Block empty = Fields.block(page);
    Map<String, Cbor> fields = root(coding);
    fields.put(
        ManifestWriter.PAGES, Cbor.of(Collections.nCopies(3, Cbor.of(empty.cid().rawAlias()))));
    Block root = Fields.block(fields);
    assertThatThrownBy(() -> new ManifestReader(store.nodes(List.of(root, empty))).read(root.cid()))
        .isInstanceOf(FormatException.class);
  }

  private static Map<String, Cbor> root(CodingId coding) {
    Map<String, Cbor> fields = Fields.node(ManifestWriter.ROOT_KIND, coding, Map.of());
    fields.put(ManifestWriter.ROOT, Cbor.of(new byte[] {1, 0x55, 0, 0}));
    fields.put(ManifestWriter.SIZE, Cbor.of(0));
    fields.put(Fields.CODE, Fields.code(2, 1));
    fields.put(ManifestWriter.CELL, Cbor.of(100));
    fields.put(ManifestWriter.SHARD, Cbor.of(100));
    return fields;
  }

  private static io.ecluster.ipld.BlockSource only(Block root, byte[] bytes) {
    return cid -> {
      if (cid.equals(root.cid())) {
        return bytes;
      }
      throw new BlockNotFoundException(cid, "not served");
    };
  }

  /** Anything but a refusal is a defect. */
  private <T> @org.jspecify.annotations.Nullable T tryRead(
      byte[] bytes, java.util.function.Function<byte[], T> reader) {
    try {
      return reader.apply(bytes);
    } catch (FormatException | BlockNotFoundException e) {
      return null;
    } catch (RuntimeException e) {
      return fail("seed " + seed + ": " + HexFormat.of().formatHex(bytes), e);
    }
  }

  private void assertDecodesOrFails(GroupNode group) {
    Set<Integer> lost = Set.of(0);
    ColumnRebuilder rebuilder = new ColumnRebuilder(group, lost, store.reader(0, lost));
    for (int stripe = 0; stripe < rebuilder.stripeCount(); stripe++) {
      try {
        assertThat(rebuilder.rebuild(stripe)).containsOnlyKeys(0);
      } catch (ErasureException e) {
        assertThat(e).hasMessageContaining("group " + group.index());
      }
    }
  }

  private static void assertRefused(String what, byte[] bytes, Consumer<byte[]> reader) {
    assertThatThrownBy(() -> reader.accept(bytes)).as(what).isInstanceOf(FormatException.class);
  }

  /** A good group node with one field replaced. */
  private byte[] group(String key, Cbor value) {
    byte[] good = store.groups().getFirst().toBlock().data();
    Map<String, Cbor> fields = new TreeMap<>(DagCbor.decodeDict(good).entries());
    fields.put(key, value);
    return DagCbor.encode(Cbor.of(fields));
  }

  private byte[] mutate(byte[] good) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes = mutateOnce(bytes);
    }
    return bytes;
  }

  private byte[] mutateOnce(byte[] bytes) {
    if (bytes.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(bytes.length);
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(bytes, at);
      case 1 -> spliced(bytes, at, random.nextInt(at, bytes.length), new byte[0]);
      case 2 -> spliced(bytes, at, at, Arrays.copyOfRange(bytes, 0, random.nextInt(at + 1)));
      default -> spliced(bytes, at, at + 1, new byte[] {(byte) random.nextInt()});
    };
  }

  /** The bytes with [from, to) replaced. */
  private static byte[] spliced(byte[] bytes, int from, int to, byte[] inserted) {
    byte[] result = new byte[bytes.length - (to - from) + inserted.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(inserted, 0, result, from, inserted.length);
    System.arraycopy(bytes, to, result, from + inserted.length, bytes.length - to);
    return result;
  }

  private static Cbor stripe(Cbor first, Cbor second, Cbor parity) {
    return Cbor.of(List.of(first, second, parity));
  }

  private static Cbor cell(Cbor... blocks) {
    return Cbor.of(List.of(blocks));
  }

  private static Cbor block(Cbor hash, long codec, long size) {
    return Cbor.of(List.of(hash, Cbor.of(codec), Cbor.of(size)));
  }

  private static Cbor hugeCell() {
    return Cbor.of(
        Stream.iterate(1, i -> i + 1)
            .limit(9)
            .map(i -> HashFunction.SHA2_256.hash(new byte[] {i.byteValue()}))
            .map(hash -> block(Cbor.of(hash.toBytes()), 0x55, Block.MAX_BYTES))
            .toList());
  }
}
