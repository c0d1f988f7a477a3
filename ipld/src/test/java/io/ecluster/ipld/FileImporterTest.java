package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multihash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class FileImporterTest {
  private final MemoryBlocks blocks = new MemoryBlocks();

  @Test
  void givesTheRootsThatEveryoneKnows() throws IOException {
    byte[] seq =
        IntStream.rangeClosed(1, 250_000)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining("\n", "", "\n"))
            .getBytes(StandardCharsets.UTF_8);
    ImportOptions plain = ImportOptions.DEFAULT;
    assertThat(root(seq, plain)).isEqualTo("QmTgBV75rpqCE55aFyJxBMd1z8ennrr5yQH3SqbEgjUDME");
    assertThat(root(seq, plain.withRawLeaves(true)))
        .isEqualTo("QmSxdRX48W7PeS4uNEmhcx4tAHt7rzjHWBwLHetefZ9AvJ");
    assertThat(root(new byte[0], plain))
        .isEqualTo("QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH");
    assertThat(root("hello world\n".getBytes(StandardCharsets.UTF_8), plain))
        .isEqualTo("QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o");
  }

  private String root(byte[] data, ImportOptions options) throws IOException {
    Imported imported = new FileImporter().add(new ByteArrayInputStream(data), options, blocks);
    assertThat(imported.fileSize()).isEqualTo(data.length);
    return imported.root().toString();
  }

  static List<JsonNode> kubosFiles() {
    return KuboRoots.files();
  }

  @ParameterizedTest
  @MethodSource("kubosFiles")
  void givesTheRootOfKuboAndReadsBack(JsonNode vector) throws IOException {
    int bytes = vector.get("bytes").asInt();
    Imported imported = new FileImporter().add(KuboRoots.stream(bytes), options(vector), blocks);
    assertThat(imported.root().toString()).isEqualTo(vector.get("root").asString());
    assertThat(imported.fileSize()).isEqualTo(bytes);
    assertThat(blocks.put()).last().isEqualTo(imported.root());
    assertThat(imported.dagSize()).isEqualTo(sizeOfAll(imported.root()));
    assertThat(Files.read(imported.root(), blocks)).isEqualTo(KuboRoots.data(bytes));
  }

  static ImportOptions options(JsonNode vector) {
    return new ImportOptions(
        Chunking.parse(vector.get("chunker").asString()),
        DagLayout.parse(vector.get("layout").asString()),
        vector.get("rawLeaves").asBoolean(),
        vector.get("cidVersion").asInt(),
        HashFunction.byName(vector.get("hash").asString()).orElseThrow());
  }

  /** Counts repeats each time, as Tsize does. */
  private long sizeOfAll(Cid cid) {
    byte[] data = blocks.get(cid);
    return data.length + BlockLinks.of(cid, data).stream().mapToLong(this::sizeOfAll).sum();
  }

  @Test
  void hashesInBatchesWithTheSameResult() throws IOException {
    List<Integer> batches = new ArrayList<>();
    BlockHasher hasher =
        new BlockHasher() {
          @Override
          public int batchSize() {
            return 16;
          }

          @Override
          public List<Multihash> hash(HashFunction function, List<byte[]> data) {
            batches.add(data.size());
            return data.stream().map(function::hash).toList();
          }
        };
    ImportOptions options = ImportOptions.DEFAULT.withChunking(Chunking.parse("size-1000"));
    Imported batched = new FileImporter(hasher).add(KuboRoots.stream(40_100), options, blocks);
    assertThat(batched)
        .isEqualTo(new FileImporter().add(KuboRoots.stream(40_100), options, blocks));
    assertThat(batches).containsExactly(16, 16, 9);
  }

  @Test
  void boundsTheBytesThatWaitToBeHashed() throws IOException {
    ImportOptions options = ImportOptions.DEFAULT.withChunking(Chunking.parse("size-2096896"));
    List<Integer> atOnce = new ArrayList<>();
    BlockHasher hasher =
        new BlockHasher() {
          @Override
          public int batchSize() {
            return 1000;
          }

          @Override
          public List<Multihash> hash(HashFunction function, List<byte[]> data) {
            atOnce.add(data.size());
            return function.hashAll(data);
          }
        };
    new FileImporter(hasher).add(new RepeatingStream(20_000_000), options, blocks);
    assertThat(atOnce).containsExactly(9, 1);
  }

  @Test
  void leavesTheStreamOpenAndPassesItsErrorsOn() {
    IOException broken = new IOException("the client went away");
    assertThatThrownBy(() ->
            new FileImporter()
                .add(new BrokenStream(300_000, broken), ImportOptions.DEFAULT, blocks))
        .isSameAs(broken);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "size",
        "size-",
        "size-0",
        "size--1",
        "size-x",
        "size-2096897",
        "size-99999999999",
        "rabin-",
        "rabin-47",
        "rabin-1-2",
        "rabin-15-20-30",
        "rabin-20-20-30",
        "rabin-20-30-30",
        "rabin-16-32-2096897",
        "rabin-2000000",
        "rabin-avg:16-min:32-64",
        "rabin-1-2-3-4",
        "nothing"
      })
  void refusesChunkersThatKuboRefuses(String text) {
    assertThatThrownBy(() -> Chunking.parse(text)).isInstanceOf(FormatException.class);
  }

  @Test
  void understandsLabelsInRabin() {
    assertThat(Chunking.parse("rabin-min:16-avg:32-max:64"))
        .isEqualTo(Chunking.parse("rabin-16-32-64"))
        .hasToString("rabin-16-32-64");
  }

  @Test
  void refusesOptionsThatMakeNoCid() {
    assertThatThrownBy(() -> ImportOptions.DEFAULT.withCidVersion(2))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() ->
            new ImportOptions(Chunking.DEFAULT, DagLayout.BALANCED, true, 0, HashFunction.SHA2_512))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("sha2-512 needs version 1");
    assertThatThrownBy(() -> DagLayout.parse("flat")).isInstanceOf(FormatException.class);
  }
}
