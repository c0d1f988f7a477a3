package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.adder.AddEvent;
import io.ecluster.adder.KuboMatrix;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.CarWriter;
import io.ecluster.ipld.DagWalker;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CARs that Kubo made are added, and Kubo takes those that we make. */
@NeedsKubo
class KuboCarTest {
  @TempDir static Path folder;
  private static KuboProcess kubo;
  private static KuboProcess other;

  @BeforeAll
  static void start() {
    kubo = KuboProcess.started(folder.resolve("kubo"), Optional.empty());
    other = KuboProcess.started(folder.resolve("other"), Optional.empty());
  }

  @AfterAll
  static void stop() {
    kubo.close();
    other.close();
  }

  static List<KuboMatrix.Case> kinds() {
    return BitswapWithKubo.kinds();
  }

  private static Cid addedToKubo(KuboMatrix.Case add) {
    List<Cid> made = new ArrayList<>();
    new KuboUpload(kubo)
        .add(
            add.kuboQuery().replace("only-hash=true", "only-hash=false"),
            add.entries(),
            event -> made.add(Cid.parse(event.text("Hash"))));
    return made.getLast();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void eachTakesTheCarsOfTheOther(KuboMatrix.Case add) throws IOException {
    Cid root = addedToKubo(add);
    byte[] exported = kubo.cli("dag", "export", root.toString()).out();
    Map<Multihash, byte[]> store = new HashMap<>();
    List<Block> blocks = new ArrayList<>();
    AddEvent event =
        KuboMatrix.importCar(
            exported,
            block -> {
              blocks.add(block);
              store.put(block.cid().hash(), block.data());
            });
    assertThat(event.cid()).contains(root);
    assertThat(event.bytes()).isEqualTo(blocks.stream().mapToLong(Block::size).sum());

    byte[] ours = car(root, store);
    assertThat(ours).isEqualTo(exported);
    KuboProcess.Output imported =
        other.cli(new ByteArrayInputStream(ours), "dag", "import", "--stats", "--pin-roots");
    assertThat(imported.errors() + imported.text())
        .contains("Pinned root", root.toString(), "Imported " + blocks.size() + " blocks");
    assertThat(other.cli("dag", "export", "--offline", root.toString()).out()).isEqualTo(exported);
  }

  private static byte[] car(Cid root, Map<Multihash, byte[]> store) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(out, List.of(root));
    new DagWalker(cid -> Objects.requireNonNull(store.get(cid.hash()))).forEachBlock(root, writer);
    return out.toByteArray();
  }

  /** A file of equal blocks: Kubo writes each once, and so do we. */
  @Test
  void repeatsAreWrittenOnce() throws IOException {
    String root =
        kubo.cli(new ByteArrayInputStream(new byte[3_000_000]), "add", "-Q", "--raw-leaves")
            .text()
            .strip();
    byte[] exported = kubo.cli("dag", "export", root).out();
    Map<Multihash, byte[]> store = new HashMap<>();
    AddEvent event =
        KuboMatrix.importCar(exported, block -> store.put(block.cid().hash(), block.data()));
    assertThat(event.size()).isEqualTo(3_000_000);
    assertThat(store).hasSize(3); // the root, a full leaf and the last
    assertThat(car(Cid.parse(root), store)).isEqualTo(exported);
  }

  @Test
  void aDagOfCborIsTakenWithItsLinks() {
    String leaf = kubo.cli(new ByteArrayInputStream(new byte[] {7}), "add", "-Q").text().strip();
    String json = "{\"a\":{\"/\":\"" + leaf + "\"},\"b\":[1,\"two\",null]}";
    String root =
        kubo.cli(
                new ByteArrayInputStream(json.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                "dag",
                "put",
                "--store-codec=dag-cbor")
            .text()
            .strip();
    byte[] exported = kubo.cli("dag", "export", root).out();
    List<String> taken = new ArrayList<>();
    KuboMatrix.importCar(exported, block -> taken.add(block.cid().toString()));
    assertThat(taken).containsExactly(root, leaf);
    byte[] cut = Arrays.copyOf(exported, exported.length - 3);
    assertThatThrownBy(() -> KuboMatrix.importCar(cut, _ -> {}))
        .hasMessageContaining("cannot be read to its end");
  }
}
