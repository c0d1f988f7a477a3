package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hostile sharded folders; honest ones are in {@link DirectoryBuilderTest}. */
class HamtReaderTest {
  private static final Cid FILE = Cid.parse("bafkqaaa");

  private final MemoryBlocks blocks = new MemoryBlocks();

  private Cid shard(long fanout, PbLink... links) {
    UnixFs message = UnixFs.hamtShard(new byte[0], HamtWriter.HASH_TYPE, fanout);
    byte[] bytes = DagPb.encode(new PbNode(List.of(links), message.encode()));
    Cid cid = Cid.v1(Multicodec.DAG_PB, HashFunction.SHA2_256.hash(bytes));
    blocks.put(new Block(cid, bytes));
    return cid;
  }

  private UnixFsDirectory open(Cid cid) {
    return (UnixFsDirectory) UnixFsNode.open(cid, blocks);
  }

  /** 2^30 visits, did it follow repeats. */
  @Test
  void refusesAShardThatIsThereTwice() {
    Cid part = shard(256, new PbLink(FILE, "00x", 0));
    for (int i = 0; i < 30; i++) {
      part = shard(256, new PbLink(part, "00", 0), new PbLink(part, "01", 0));
    }
    UnixFsDirectory folder = open(part);
    assertThatThrownBy(folder::entries)
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("repeats");
  }

  @Test
  void refusesToGoDeeperThanTheHash() {
    String slots =
        "%016X".formatted(Murmur3.hash64("x".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    Cid part = shard(256, new PbLink(FILE, "00x", 0));
    for (int i = 0; i < 40; i++) {
      int at = 2 * Math.floorMod(39 - i, 8);
      part = shard(256, new PbLink(part, slots.substring(at, at + 2), i));
    }
    UnixFsDirectory folder = open(part);
    assertThatThrownBy(folder::entries).hasMessageContaining("too deep");
    assertThatThrownBy(() -> folder.find("x")).hasMessageContaining("too deep");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4, 7, 100, 2048, -1, Long.MIN_VALUE})
  void refusesAFanoutThatNobodyUses(long fanout) {
    UnixFsDirectory folder = open(shard(fanout, new PbLink(FILE, "00x", 0)));
    assertThatThrownBy(folder::entries).hasMessageContaining("fanout");
    assertThatThrownBy(() -> folder.find("x")).hasMessageContaining("fanout");
  }

  @Test
  void refusesALinkWithoutASlot() {
    UnixFsDirectory folder = open(shard(256, new PbLink(FILE, "0", 0)));
    assertThatThrownBy(folder::entries).hasMessageContaining("without a slot");
    assertThat(folder.find("x")).isEmpty();
  }
}
