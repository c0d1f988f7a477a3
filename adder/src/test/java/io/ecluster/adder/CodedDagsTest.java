package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddCluster.Added;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.erasure.GroupEntry;
import io.ecluster.erasure.Manifest;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.Chunking;
import io.ecluster.ipld.DagLayout;
import io.ecluster.ipld.DagWalker;
import io.ecluster.ipld.DirectoryBuilder;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.Reading;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the shape of the DAG: coded, two holders lost, it reads back. */
class CodedDagsTest {
  private static final int FILE_BYTES = 900_000;

  /** Of one group, even if chunks are as large as chunkers that look at the content make them. */
  private static final AddRequest.Coding LARGE_SHARDS =
      new AddRequest.Coding(AddCluster.DATA, AddCluster.PARITY, 1 << 20, false);

  private static AddRequest coded(ImportOptions dag) {
    return coded(dag, AddCluster.CODE);
  }

  private static AddRequest coded(ImportOptions dag, AddRequest.Coding coding) {
    return new AddRequest(dag, PinOptions.NONE, false, false, true, false, Optional.of(coding));
  }

  private static AddRequest codedCar() {
    return coded(ImportOptions.DEFAULT).withFormat(AddRequest.Format.CAR);
  }

  /** The holders of two columns of the first group die. */
  private static void loseTwo(AddCluster c, Cid root) {
    Manifest manifest = c.manifest(root);
    Set<PeerId> victims = new LinkedHashSet<>();
    for (int column = 0; column < AddCluster.DATA + AddCluster.PARITY; column++) {
      if (manifest.groups().getFirst().shards().get(column).isPresent()) {
        victims.add(c.holder(manifest, 0, column));
      }
    }
    victims.stream().limit(AddCluster.PARITY).forEach(victim -> c.coded.kill(c.of(victim)));
  }

  @ParameterizedTest(name = "{0} {1}, raw leaves {2}, CID version {3}, {4}")
  @CsvSource({
    "trickle, size-16384, true, 0, sha2-256",
    "trickle, size-16384, false, 0, sha2-256",
    "trickle, size-2000, false, 1, blake3",
    "balanced, rabin-4096-16384-40000, true, 0, sha2-256",
    "balanced, rabin, false, 0, sha2-256",
    "trickle, buzhash, true, 1, sha3-512",
    "balanced, size-16384, false, 1, sha2-512",
    "balanced, size-16384, true, 1, blake2b-256",
    "balanced, size-3000, false, 0, sha2-256"
  })
  void readsBackWithTwoHoldersLost(
      String layout, String chunker, boolean rawLeaves, int version, String hash)
      throws IOException {
    ImportOptions dag =
        new ImportOptions(
            Chunking.parse(chunker),
            DagLayout.parse(layout),
            rawLeaves,
            version,
            Cars.function(hash));
    byte[] bytes = AddCluster.random(FILE_BYTES, 7);
    try (AddCluster c = new AddCluster(8)) {
      Added added = AddCluster.add(c.adder(c.peer(0)), coded(dag, LARGE_SHARDS), bytes);
      assertThat(added.root())
          .isEqualTo(new FileImporter().add(new ByteArrayInputStream(bytes), dag, _ -> {}).root());
      c.assertWhole(added.root());
      assertThat(c.manifest(added.root()).size()).isEqualTo(FILE_BYTES);
      loseTwo(c, added.root());
      assertThat(c.read(added.root())).isEqualTo(bytes);
    }
  }

  /** The trickle layout's leaves say that they are raw; they are file bytes all the same. */
  @Test
  void groupsOfNodesKnowWhereInTheFileTheyBegin() {
    ImportOptions dag =
        new ImportOptions(
            Chunking.parse("size-16384"), DagLayout.TRICKLE, false, 0, HashFunction.SHA2_256);
    try (AddCluster c = new AddCluster(6)) {
      byte[] bytes = AddCluster.random(2_700_000, 3);
      Cid root = AddCluster.add(c.adder(c.peer(0)), coded(dag), bytes).root();
      assertThat(c.manifest(root).groups())
          .extracting(GroupEntry::offset)
          .containsExactly(0L, 786_432L, 1_572_864L, 2_359_296L);
    }
  }

  /** A folder of two files, of which parts are equal, as a CAR in one of two orders. */
  private static List<Block> folder(ImportOptions dag, List<Cid> root) throws IOException {
    List<Block> blocks = new ArrayList<>();
    DirectoryBuilder builder = new DirectoryBuilder();
    byte[] bytes = AddCluster.random(FILE_BYTES, 5);
    FileImporter files = new FileImporter();
    builder.add("a/film", files.add(new ByteArrayInputStream(bytes), dag, blocks::add));
    builder.add(
        "part", files.add(new ByteArrayInputStream(bytes, 0, FILE_BYTES / 2), dag, blocks::add));
    root.add(builder.finish(dag, blocks::add).getLast().imported().root());
    return blocks;
  }

  private static List<Block> depthFirst(Cid root, List<Block> blocks) {
    Map<Multihash, byte[]> store = new HashMap<>();
    blocks.forEach(block -> store.put(block.cid().hash(), block.data()));
    List<Block> ordered = new ArrayList<>();
    new DagWalker(cid -> Objects.requireNonNull(store.get(cid.hash())))
        .forEachBlock(root, ordered::add);
    return ordered;
  }

  @ParameterizedTest(name = "the root first: {0}")
  @ValueSource(booleans = {true, false})
  void aCarReadsBackWithTwoHoldersLost(boolean rootFirst) throws IOException {
    List<Cid> root = new ArrayList<>();
    List<Block> made = folder(AddCluster.DAG.withRawLeaves(false), root);
    Cid top = root.getFirst();
    List<Block> blocks = rootFirst ? depthFirst(top, made) : made;
    try (AddCluster c = new AddCluster(8)) {
      List<AddEntry> entries = List.of(AddCluster.file("x.car", Cars.of(top, blocks)));
      Added added = AddCluster.add(c.adder(c.peer(0)), codedCar(), entries);
      assertThat(added.root()).isEqualTo(top);
      assertThat(added.last().bytes()).isEqualTo(blocks.stream().mapToLong(Block::size).sum());
      c.assertWhole(top);
      c.assertJustTheCodingsAreThere();
      loseTwo(c, top);
      assertSame(read(c, top), depthFirst(top, made));
    }
  }

  private static List<Block> read(AddCluster c, Cid root) {
    List<Block> read = new ArrayList<>();
    try (Reading reading = c.coded.reader(c.living().getFirst(), (_, _) -> {}).read(root)) {
      new DagWalker(reading).forEachBlock(root, read::add);
    }
    return read;
  }

  private static void assertSame(List<Block> read, List<Block> expected) {
    assertThat(read).hasSameSizeAs(expected);
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i).cid()).isEqualTo(expected.get(i).cid());
      assertThat(read.get(i).data()).isEqualTo(expected.get(i).data());
    }
  }

  @Test
  void aCarOfSeveralHashFunctionsReadsBackWithTwoHoldersLost() {
    List<Block> leaves = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] bytes = AddCluster.random(10_000, i);
      HashFunction function = Cars.function(i % 2 == 0 ? "blake3" : "sha3-256");
      leaves.add(new Block(Cid.v1(Multicodec.RAW, function.hash(bytes)), bytes));
    }
    Block root = Cars.node(leaves.stream().map(Block::cid).toArray(Cid[]::new));
    List<Block> blocks = new ArrayList<>(List.of(root));
    blocks.addAll(leaves);
    try (AddCluster c = new AddCluster(6)) {
      List<AddEntry> entries = List.of(AddCluster.file("x", Cars.of(root.cid(), blocks)));
      AddCluster.add(c.adder(c.peer(0)), codedCar(), entries);
      c.assertWhole(root.cid());
      c.assertNoGuardIsLeft();
      c.assertJustTheCodingsAreThere();
      loseTwo(c, root.cid());
      assertSame(read(c, root.cid()), blocks);
    }
  }

  @Test
  void aCarThatIsNotWholeLeavesNothing() {
    Block lost = Cars.raw("lost");
    Block root = Cars.node(Cars.raw("leaf").cid(), lost.cid());
    byte[] car = Cars.of(root.cid(), List.of(root, Cars.raw("leaf")));
    try (AddCluster c = new AddCluster(6)) {
      List<AddEntry> entries = List.of(AddCluster.file("x.car", car));
      assertThatThrownBy(() -> AddCluster.add(c.adder(c.peer(0)), codedCar(), entries))
          .hasMessageContaining("lacks block " + lost.cid());
      c.assertNothingIsLeft();
    }
  }

  @Test
  void aCarIsCopiedAsItIs() throws IOException {
    List<Cid> root = new ArrayList<>();
    List<Block> blocks = folder(AddCluster.DAG, root);
    AddRequest request =
        AddCluster.request(PinOptions.NONE.withReplication(2, 2), Optional.empty())
            .withFormat(AddRequest.Format.CAR);
    try (AddCluster c = new AddCluster(3)) {
      List<AddEntry> entries = List.of(AddCluster.file("x.car", Cars.of(root, blocks)));
      Added added = AddCluster.add(c.adder(c.peer(0)), request, entries);
      assertThat(added.events()).hasSize(1);
      assertThat(added.last().allocations()).hasSize(2);
      assertThat(c.pin(added.root()).orElseThrow().type()).isEqualTo(PinType.DATA);
      for (PeerId holder : added.last().allocations()) {
        assertThat(blocks).allMatch(block -> c.of(holder).store.has(block.cid()));
      }
      AddRequest wrapped =
          new AddRequest(
                  AddCluster.DAG, PinOptions.NONE, true, false, true, false, Optional.empty())
              .withFormat(AddRequest.Format.CAR);
      assertThatThrownBy(() -> AddCluster.add(c.adder(c.peer(0)), wrapped, entries))
          .hasMessage("cannot wrap a CAR file upload");
    }
  }
}
