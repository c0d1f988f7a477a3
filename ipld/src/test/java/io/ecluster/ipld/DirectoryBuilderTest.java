package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class DirectoryBuilderTest {
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final FileImporter importer = new FileImporter();

  @Test
  void givesTheEmptyFolderOfKubo() {
    List<DirectoryBuilder.Directory> made =
        new DirectoryBuilder().finish(ImportOptions.DEFAULT, blocks);
    assertThat(made).hasSize(1);
    assertThat(made.getFirst().imported().root().toString())
        .isEqualTo("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn");
  }

  static List<JsonNode> kubosTrees() {
    return KuboRoots.ALL.get("tree").get("imports").valueStream().toList();
  }

  @ParameterizedTest
  @MethodSource("kubosTrees")
  void givesEveryCidOfKubosTree(JsonNode vector) throws IOException {
    ImportOptions options =
        ImportOptions.DEFAULT
            .withRawLeaves(vector.get("rawLeaves").asBoolean())
            .withCidVersion(vector.get("cidVersion").asInt());
    Map<String, String> added = importTree(options, vector.get("wrap").asBoolean());
    Map<String, String> expected = new TreeMap<>();
    vector
        .get("added")
        .properties()
        .forEach(e -> expected.put(e.getKey(), e.getValue().asString()));
    assertThat(added).isEqualTo(expected);
  }

  private Map<String, String> importTree(ImportOptions options, boolean wrap) throws IOException {
    Map<String, String> added = new TreeMap<>();
    DirectoryBuilder builder = new DirectoryBuilder();
    String top = wrap ? "tree/" : "";
    for (Map.Entry<String, JsonNode> e : KuboRoots.ALL.get("tree").get("entries").properties()) {
      if (e.getValue().has("folder")) {
        builder.addFolder(top + e.getKey());
      } else {
        Imported imported = importEntry(e.getValue(), options);
        builder.add(top + e.getKey(), imported);
        added.put("tree/" + e.getKey(), imported.root().toString());
      }
    }
    for (DirectoryBuilder.Directory made : builder.finish(options, blocks)) {
      String path = wrap ? made.path() : made.path().isEmpty() ? "tree" : "tree/" + made.path();
      added.put(path, made.imported().root().toString());
    }
    return added;
  }

  private Imported importEntry(JsonNode entry, ImportOptions options) throws IOException {
    return entry.has("symlink")
        ? importer.addSymlink(entry.get("symlink").asString(), options, blocks)
        : importer.add(KuboRoots.stream(entry.get("bytes").asInt()), options, blocks);
  }

  static List<JsonNode> kubosWideFolders() {
    return KuboRoots.ALL.get("wide").valueStream().toList();
  }

  @ParameterizedTest
  @MethodSource("kubosWideFolders")
  void shardsWhenAndHowKuboDoes(JsonNode vector) throws IOException {
    ImportOptions options =
        ImportOptions.DEFAULT
            .withRawLeaves(vector.get("rawLeaves").asBoolean())
            .withCidVersion(vector.get("cidVersion").asInt());
    int count = vector.get("entries").asInt();
    Cid root = wide(count, options);
    assertThat(root.toString()).isEqualTo(vector.get("root").asString());

    UnixFsDirectory folder = (UnixFsDirectory) UnixFsNode.open(root, blocks);
    assertThat(folder.entries().stream().map(UnixFsDirectory.Entry::name).sorted())
        .hasSize(count)
        .startsWith("entry-00000", "entry-00001")
        .endsWith("entry-0" + (count - 1 < 10_000 ? count - 1 : "9999"));
    Cid last = PathResolver.resolve(root, "entry-00049", blocks);
    assertThat(Files.read(last, blocks)).isEqualTo(KuboRoots.data(49));
    assertThatThrownBy(() -> PathResolver.resolve(root, "entry-99999", blocks))
        .isInstanceOf(PathNotFoundException.class)
        .hasMessage("no link named \"entry-99999\" under " + root);
  }

  private Cid wide(int count, ImportOptions options) throws IOException {
    List<Imported> files = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      files.add(importer.add(KuboRoots.stream(i), options, blocks));
    }
    DirectoryBuilder builder = new DirectoryBuilder();
    for (int i = 0; i < count; i++) {
      builder.add(String.format("entry-%05d", i), files.get(i % 50));
    }
    return builder.finish(options, blocks).getLast().imported().root();
  }

  @Test
  void emitsFoldersPostOrderWithTheRootLast() throws IOException {
    DirectoryBuilder builder = new DirectoryBuilder();
    Imported file = importer.add(KuboRoots.stream(5), ImportOptions.DEFAULT, blocks);
    builder.add("b/x", file);
    builder.add("a/c/y", file);
    builder.addFolder("a/b");
    assertThat(builder.finish(ImportOptions.DEFAULT, blocks))
        .extracting(DirectoryBuilder.Directory::path)
        .containsExactly("a/b", "a/c", "a", "b", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", "a\0b"})
  void refusesPathsThatAreNoNames(String path) throws IOException {
    Imported file = importer.add(KuboRoots.stream(5), ImportOptions.DEFAULT, blocks);
    assertThatThrownBy(() -> new DirectoryBuilder().add(path, file))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void refusesTwoEntriesOfOnePath() throws IOException {
    Imported file = importer.add(KuboRoots.stream(5), ImportOptions.DEFAULT, blocks);
    DirectoryBuilder builder = new DirectoryBuilder();
    builder.add("a/b", file);
    assertThatThrownBy(() -> builder.add("a/b", file)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> builder.add("a", file)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> builder.add("a/b/c", file)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> builder.addFolder("a/b")).isInstanceOf(FormatException.class);
  }

  @Test
  void refusesATreeThatIsNoTree() {
    assertThatThrownBy(() -> new DirectoryBuilder().addFolder("a/".repeat(256) + "a"))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("nested");
  }
}
