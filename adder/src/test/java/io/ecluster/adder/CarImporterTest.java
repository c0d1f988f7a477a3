package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.ipld.FileImporter;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.ipld.Imported;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which CARs are taken, what of them is handed on, and what is told. */
class CarImporterTest {
  private static final int FILE_BYTES = 100_000;

  private final List<Block> put = new ArrayList<>();

  private AddEvent importCar(boolean whole, byte[] car) {
    return importer(whole).importAll(List.of(AddCluster.file("dir/x.car", car)).iterator());
  }

  private CarImporter importer(boolean whole) {
    return new CarImporter(whole, put::add, List::of);
  }

  private void assertRefused(byte[] car, String why) {
    for (boolean whole : List.of(true, false)) {
      assertThatThrownBy(() -> importCar(whole, car)).hasMessageContaining(why);
    }
  }

  private static Imported file(List<Block> blocks, ImportOptions options) throws IOException {
    byte[] bytes = AddCluster.random(FILE_BYTES, 1);
    return new FileImporter().add(new ByteArrayInputStream(bytes), options, blocks::add);
  }

  private List<Cid> put() {
    return put.stream().map(Block::cid).toList();
  }

  @Test
  void handsOnTheBlocksInTheirOrderAndTellsOfTheRootOnce() throws IOException {
    List<Block> blocks = new ArrayList<>();
    Imported file = file(blocks, AddCluster.DAG);
    List<Block> rootFirst = new ArrayList<>(blocks.reversed());
    CarImporter importer = importer(true);
    AddEvent event =
        importer.importAll(
            List.of(AddCluster.file("dir/x.car", Cars.of(file.root(), rootFirst))).iterator());
    assertThat(put()).isEqualTo(rootFirst.stream().map(Block::cid).toList());
    assertThat(event.name()).isEqualTo("dir/x.car");
    assertThat(event.cid()).contains(file.root());
    assertThat(event.size()).isEqualTo(FILE_BYTES);
    assertThat(event.bytes()).isEqualTo(file.dagSize());
    assertThat(importer.fileBytes()).isEqualTo(FILE_BYTES);
  }

  @Test
  void aRootThatIsNoFileHasNoSizeAndItsLeavesCount() {
    Block leaf = Cars.raw("leaf");
    Block other = Cars.raw("another");
    Block root = Cars.node(leaf.cid(), other.cid());
    CarImporter importer = importer(true);
    AddEntry entry =
        AddCluster.file("x.car", Cars.of(root.cid(), List.of(root, leaf, other, leaf)));
    AddEvent event = importer.importAll(List.of(entry).iterator());
    assertThat(event.size()).isZero();
    assertThat(event.bytes()).isEqualTo(root.size() + 4 + 7 + 4);
    assertThat(put()).containsExactly(root.cid(), leaf.cid(), other.cid(), leaf.cid());
    assertThat(importer.fileBytes()).isEqualTo(4 + 7 + 4);
  }

  @Test
  void onlyTheFirstEntryIsTakenAndTheRestIsReadOver() {
    Block leaf = Cars.raw("leaf");
    byte[] indexed = Arrays.copyOf(Cars.of(leaf.cid(), List.of(leaf)), 200);
    List<AddEntry> entries =
        new ArrayList<>(
            List.of(
                AddCluster.file("x.car", Cars.of(leaf.cid(), List.of(leaf))),
                AddCluster.file("y.car", indexed)));
    AddEvent event = importer(true).importAll(entries.iterator());
    assertThat(event.name()).isEqualTo("x.car");
    assertThat(put()).containsExactly(leaf.cid());
  }

  @Test
  void thereMustBeAFile() {
    assertThatThrownBy(() -> importer(true).importAll(List.<AddEntry>of().iterator()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no CAR");
    List<AddEntry> folder = List.of(new AddEntry.Directory("d"));
    assertThatThrownBy(() -> importer(true).importAll(folder.iterator()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected CAR file is not of type file");
  }

  @Test
  void thereMustBeOneRoot() {
    Block leaf = Cars.raw("leaf");
    assertRefused(Cars.of(List.of(), List.of(leaf)), "single root are supported; this one has 0");
    assertRefused(Cars.of(List.of(leaf.cid(), leaf.cid()), List.of(leaf)), "this one has 2");
  }

  @Test
  void aBlockThatIsNotWhatItsCidSaysIsRefused() {
    Block leaf = Cars.raw("leaf");
    Block lie = new Block(leaf.cid(), Cars.raw("lies").data());
    assertRefused(Cars.of(leaf.cid(), List.of(lie)), "bytes do not match CID " + leaf.cid());
    assertThat(put).isEmpty();
  }

  @Test
  void aBlockWithATruncatedHashIsRefused() {
    Block leaf = Cars.raw("leaf");
    byte[] digest = Arrays.copyOf(leaf.cid().hash().digest(), 20);
    Cid brief = Cid.v1(Multicodec.RAW, Multihash.of(HashFunction.SHA2_256.code(), digest));
    assertRefused(Cars.of(brief, List.of(new Block(brief, leaf.data()))), "bytes do not match");
  }

  @Test
  void anArchiveThatEndsEarlyIsRefused() {
    Block leaf = Cars.raw("leaf");
    byte[] car = Cars.of(leaf.cid(), List.of(leaf));
    byte[] cut = Arrays.copyOf(car, car.length - 1);
    assertRefused(cut, "the CAR dir/x.car cannot be read to its end: the CAR ends after");
    assertThatThrownBy(() -> importCar(true, cut)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void otherCodecsAreRefused() {
    byte[] json = {'{', '}'};
    Cid dagJson = Cid.v1(0x0129, HashFunction.SHA2_256.hash(json));
    assertRefused(Cars.of(dagJson, List.of(new Block(dagJson, json))), "has codec 0x129");
    byte[] notPb = {1, 2, 3};
    Cid broken = Cid.v0(HashFunction.SHA2_256.hash(notPb));
    assertRefused(Cars.of(broken, List.of(new Block(broken, notPb))), "dag-pb");
  }

  @Test
  void blocksOverTheLimitAreRefused() {
    byte[] large = new byte[Block.MAX_BYTES + 1];
    Cid cid = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(large));
    assertRefused(Cars.of(cid, List.of(new Block(cid, large))), "too large");
  }

  @Test
  void hashFunctionsMayBeMixedButNotWildly() {
    List<Block> leaves = new ArrayList<>();
    for (String name : List.of("sha2-256", "blake3", "sha3-512", "blake2b-256", "sha1")) {
      leaves.add(Cars.raw("leaf", Cars.function(name)));
    }
    Cid[] links = leaves.stream().map(Block::cid).toArray(Cid[]::new);
    Block four = Cars.node(Arrays.copyOf(links, 4));
    List<Block> blocks = new ArrayList<>(leaves.subList(0, 4));
    blocks.add(four);
    importCar(true, Cars.of(four.cid(), blocks));
    assertThat(put()).hasSize(5);
    Block five = Cars.node(links);
    List<Block> wild = new ArrayList<>(leaves);
    wild.add(five);
    assertRefused(Cars.of(five.cid(), wild), "hashed by more than 4 functions");
  }

  @Test
  void aCidThatCarriesItsBlockIsCheckedAndFollowedButNotHandedOn() {
    Block leaf = Cars.raw("leaf");
    byte[] inner = DagCbor.encode(Cbor.of(List.of(Cbor.of(leaf.cid()))));
    Cid inline = Cid.v1(Multicodec.DAG_CBOR, Multihash.of(Multihash.IDENTITY, inner));
    Block root = Cars.node(inline);
    Block carried = new Block(inline, inner);
    importCar(true, Cars.of(root.cid(), List.of(root, carried, leaf)));
    assertThat(put()).containsExactly(root.cid(), leaf.cid());
    byte[] without = Cars.of(root.cid(), List.of(root));
    assertThatThrownBy(() -> importCar(true, without))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("lacks block " + leaf.cid() + ", which " + inline);
    Block lie = new Block(inline, leaf.data());
    assertRefused(Cars.of(root.cid(), List.of(root, lie, leaf)), "do not match");
    importCar(true, Cars.of(inline, List.of(leaf)));
    assertThatThrownBy(() -> importCar(true, Cars.of(inline, List.of())))
        .hasMessageContaining("lacks block " + leaf.cid());
  }

  @Test
  void aCarToBeCodedMustBeWhole() {
    Block leaf = Cars.raw("leaf");
    Block lost = Cars.raw("lost");
    Block also = Cars.raw("also lost");
    Block inner = Cars.node(lost.cid(), also.cid(), lost.cid());
    Block root = Cars.node(leaf.cid(), inner.cid());
    byte[] car = Cars.of(root.cid(), List.of(leaf, inner, root));
    assertThatThrownBy(() -> importCar(true, car))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "the CAR lacks block %s, which %s links to, and 1 more; a CAR to be coded must be whole"
                .formatted(lost.cid(), inner.cid()));
    put.clear();
    importCar(false, car);
    assertThat(put()).containsExactly(leaf.cid(), inner.cid(), root.cid());
    byte[] rootless = Cars.of(root.cid(), List.of(leaf));
    assertThatThrownBy(() -> importCar(true, rootless))
        .hasMessage("the CAR lacks the block of its root " + root.cid());
    importCar(false, rootless);
  }

  @Test
  void anotherCodecOfABlockThatIsThereIsNoGap() {
    Block leaf = Cars.node();
    Block root = Cars.node(leaf.cid().rawAlias());
    importCar(true, Cars.of(root.cid(), List.of(root, leaf)));
    assertThat(put()).hasSize(2);
  }

  @Test
  void blocksThatTheRootDoesNotLeadToAreStoredToo() {
    Block root = Cars.raw("root");
    Block stray = Cars.raw("stray");
    importCar(true, Cars.of(root.cid(), List.of(stray, root)));
    assertThat(put()).containsExactly(stray.cid(), root.cid());
  }

  @Test
  void whatMustBeRememberedIsBounded() {
    DagGaps blocks = new DagGaps(2, 10);
    blocks.add(Cars.raw("1").cid(), List.of());
    blocks.add(Cars.raw("2").cid(), List.of());
    blocks.add(Cars.raw("2").cid(), List.of());
    assertThatThrownBy(() -> blocks.add(Cars.raw("3").cid(), List.of()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("may have 2 blocks, and 10 links at a time");
    DagGaps links = new DagGaps(10, 1);
    links.add(Cars.raw("1").cid(), List.of(Cars.raw("2").cid()));
    links.add(Cars.raw("2").cid(), List.of(Cars.raw("3").cid()));
    Cid third = Cars.raw("3").cid();
    List<Cid> two = List.of(Cars.raw("4").cid(), Cars.raw("5").cid());
    assertThatThrownBy(() -> links.add(third, two)).isInstanceOf(FormatException.class);
  }
}
