package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileBlockStoreTest {
  @TempDir Path folder;

  private final FakeDisk disk = new FakeDisk();
  private final EmbeddedIpfsSettings settings = EmbeddedIpfsSettings.defaults();
  private final Block one = TestDag.raw("one");
  private final Block two = TestDag.raw("two two");

  private FileBlockStore open() {
    return open(settings);
  }

  private FileBlockStore open(EmbeddedIpfsSettings with) {
    return new FileBlockStore(folder, with, disk, new Shields());
  }

  private Path file(Block block) {
    BlockNames.Name name = BlockNames.of(block.cid().hash());
    return folder.resolve(name.folder()).resolve(name.file());
  }

  private List<Path> allFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  @Test
  void namesFilesAsKuboDoes() {
    Cid emptyFolder = Cid.parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
    BlockNames.Name name = BlockNames.of(emptyFolder.hash());
    assertThat(name.folder()).isEqualTo("X3");
    assertThat(name.file())
        .isEqualTo("CIQFTFEEHEDF6KLBT32BFAGLXEZL4UWFNWM4LFTLMXQBCERZ6CMLX3Y.data");
    assertThat(BlockNames.parse(name.file())).contains(emptyFolder.hash());
    assertThat(BlockNames.parse("README")).isEmpty();
    assertThat(BlockNames.parse("0.data")).isEmpty();
  }

  @Test
  void findsBlocksUnderEveryCidOfTheirHash() {
    FileBlockStore store = open();
    Block node = TestDag.node(one, two);
    store.put(List.of(node));
    assertThat(store.get(node.cid())).contains(node.data());
    assertThat(store.get(node.cid().rawAlias())).contains(node.data());
    assertThat(store.size(node.cid().rawAlias())).contains(node.size());
    assertThat(store.get(one.cid())).isEmpty();
    assertThat(store.size(one.cid())).isEmpty();
  }

  @Test
  void keepsBlocksOverAReopenAndCountsThemAgain() {
    FileBlockStore store = open();
    store.put(List.of(one, two));
    store.put(List.of(two));
    assertThat(store.bytes()).isEqualTo(10);
    store.close();
    FileBlockStore again = open();
    assertThat(again.get(one.cid())).contains(one.data());
    assertThat(again.bytes()).isEqualTo(10);
    assertThat(again.blocks()).isEqualTo(2);
  }

  @Test
  void storesABlockOnce() {
    FileBlockStore store = open();
    store.put(List.of(one));
    store.put(List.of(one, one));
    assertThat(disk.writes).hasValue(1);
  }

  @Test
  void storesTheEmptyBlock() {
    FileBlockStore store = open();
    Block empty = TestDag.raw("");
    assertThat(store.has(empty.cid().hash())).isFalse();
    store.put(List.of(empty));
    store.put(List.of(empty));
    assertThat(store.get(empty.cid())).contains(new byte[0]);
    assertThat(store.blocks()).isEqualTo(1);
  }

  @Test
  void clearsDraftsOfAKilledProcess() throws IOException {
    Path draft = folder.resolve(".temp").resolve("17");
    Files.createDirectories(draft.getParent());
    Files.writeString(draft, "half a bl");
    open();
    assertThat(draft).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tw", "two tw!", "two two and more"})
  void treatsABlockWhoseFileIsWrongAsAbsent(String content) throws IOException {
    FileBlockStore store = open();
    store.put(List.of(one, two));
    Files.writeString(file(two), content);
    assertThat(store.get(two.cid())).isEmpty();
    assertThat(store.has(two.cid().hash())).isFalse();
    assertThat(store.corruptBlocks()).isEqualTo(1);
    assertThat(store.get(one.cid())).contains(one.data());
  }

  @Test
  void treatsAFileLargerThanAnyBlockAsAbsent() throws IOException {
    FileBlockStore store = open();
    store.put(List.of(two));
    Files.write(file(two), new byte[Block.MAX_BYTES + 1]);
    assertThat(store.size(two.cid())).isEmpty();
    assertThat(store.get(two.cid())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "tw", "two tw!", "two two and more"})
  void putMendsAFileThatIsWrong(String content) throws IOException {
    FileBlockStore store = open();
    store.put(List.of(two));
    Files.writeString(file(two), content);
    store.put(List.of(two));
    assertThat(store.get(two.cid())).contains(two.data());
    assertThat(store.blocks()).isEqualTo(1);
  }

  @Test
  void aFullDiskLeavesNothingHalfWritten() throws IOException {
    FileBlockStore store = open();
    store.put(List.of(one));
    disk.full = true;
    assertThatThrownBy(() -> store.put(List.of(two)))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining(two.cid().toString())
        .hasMessageContaining("the disk is full; free some space");
    assertThat(allFiles()).containsExactly(file(one));
    disk.full = false;
    store.put(List.of(two));
    assertThat(store.bytes()).isEqualTo(10);
  }

  @Test
  void leavesTheReserveFree() throws IOException {
    FileBlockStore store = open(settings.withMinFreeBytes(1000));
    disk.usable = 1006;
    assertThatThrownBy(() -> store.put(List.of(two)))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("1006 bytes free and 1000 are kept in reserve");
    assertThat(allFiles()).isEmpty();
    assertThat(store.roomBytes()).isEqualTo(6);
    disk.usable = 1007;
    store.put(List.of(two));
  }

  @Test
  void staysWithinItsLimit() {
    FileBlockStore store = open(settings.withStorageMaxBytes(9));
    store.put(List.of(two));
    assertThatThrownBy(() -> store.put(List.of(one)))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("limit of 9 bytes");
    store.put(List.of(two));
  }

  @Test
  void syncsWhenToldTo() {
    open().put(List.of(one));
    assertThat(disk.synced).hasValue(0);
    open(settings.withSync(true)).put(List.of(two));
    assertThat(disk.synced).hasValue(1);
  }

  @Test
  void sweepsWhatNobodyWants() {
    FileBlockStore store = open();
    Block three = TestDag.raw("three");
    store.put(List.of(one, two, three));
    List<Cid> removed = new ArrayList<>();
    store.sweep(one.cid().hash()::equals, removed::add);
    assertThat(removed).containsExactlyInAnyOrder(two.cid(), three.cid());
    assertThat(store.has(one.cid().hash())).isTrue();
    assertThat(store.bytes()).isEqualTo(3);
  }

  @Test
  void looksAtTheShieldsAfterDecidingThatABlockIsGarbage() {
    Shields shields = new Shields();
    FileBlockStore store = new FileBlockStore(folder, settings, disk, shields);
    store.put(List.of(one, two));
    Shields.Shield walk = shields.forWalk();
    store.sweep(hash -> !store.hold(one.cid().hash(), walk), _ -> {});
    assertThat(store.has(one.cid().hash())).isTrue();
    assertThat(store.has(two.cid().hash())).isFalse();
  }

  @Test
  void leavesFilesAloneThatAreNoBlocks() throws IOException {
    FileBlockStore store = open();
    store.put(List.of(one));
    Path note = file(one).resolveSibling("note.data");
    Files.writeString(note, "mine");
    store.sweep(_ -> false, _ -> {});
    assertThat(note).exists();
    assertThat(file(one)).doesNotExist();
  }

  @Test
  void identityBlocksNeedNoFile() {
    byte[] data = "inline".getBytes(StandardCharsets.UTF_8);
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, data));
    FileBlockStore store = open();
    assertThat(store.get(cid)).contains(data);
    assertThat(store.size(cid)).contains(6);
  }

  @Test
  void storesSeveralHashFunctions() {
    byte[] data = {1, 2, 3};
    Block long512 = new Block(Cid.v1(Multicodec.RAW, HashFunction.SHA2_512.hash(data)), data);
    FileBlockStore store = open();
    store.put(List.of(long512));
    assertThat(store.get(long512.cid())).contains(data);
  }

  @Test
  void storesTenThousandSmallBlocks() {
    List<Block> blocks = IntStream.range(0, 10_000).mapToObj(i -> TestDag.raw("n" + i)).toList();
    FileBlockStore store = open();
    store.put(blocks);
    assertThat(store.blocks()).isEqualTo(10_000);
    FileBlockStore again = open();
    assertThat(blocks).allMatch(block -> again.has(block.cid().hash()));
    assertThat(again.bytes()).isEqualTo(blocks.stream().mapToLong(Block::size).sum());
    again.sweep(Set.of()::contains, _ -> {});
    assertThat(again.blocks()).isZero();
  }
}
