package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PathResolverTest {
  private final MemoryBlocks blocks = new MemoryBlocks();
  private Imported file = new Imported(Cid.parse("bafkqaaa"), 0, 0);
  private Cid root = file.root();

  @BeforeEach
  void addATree() throws IOException {
    file = new FileImporter().add(KuboRoots.stream(5), ImportOptions.DEFAULT, blocks);
    DirectoryBuilder builder = new DirectoryBuilder();
    builder.add("a/b/ü", file);
    root = builder.finish(ImportOptions.DEFAULT, blocks).getLast().imported().root();
  }

  @Test
  void followsFolders() {
    assertThat(PathResolver.resolve(root, "a/b/ü", blocks)).isEqualTo(file.root());
    assertThat(PathResolver.resolve(root, "/a//b/ü/", blocks)).isEqualTo(file.root());
    assertThat(PathResolver.resolve(root, "", blocks)).isEqualTo(root);
    assertThat(PathResolver.resolve(root, "/", blocks)).isEqualTo(root);
  }

  @Test
  void saysWhichNameIsMissingAndWhere() {
    Cid a = PathResolver.resolve(root, "a", blocks);
    assertThatThrownBy(() -> PathResolver.resolve(root, "a/x/b", blocks))
        .isInstanceOf(PathNotFoundException.class)
        .hasMessage("no link named \"x\" under " + a);
    assertThatThrownBy(() -> PathResolver.resolve(root, "a/b/ü/c", blocks))
        .isInstanceOf(PathNotFoundException.class)
        .hasMessage("no link named \"c\" under " + file.root());
    assertThatThrownBy(() -> PathResolver.resolve(root, "a/..", blocks))
        .isInstanceOf(PathNotFoundException.class);
  }

  @Test
  void followsMapsAndListsOfDagCbor() {
    Cbor list = Cbor.of(List.of(Cbor.of(1), Cbor.of(root)));
    byte[] bytes = DagCbor.encode(Cbor.of(Map.of("x", Cbor.of(Map.of("y", list)))));
    Cid cbor = Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(bytes));
    blocks.put(new Block(cbor, bytes));
    assertThat(PathResolver.resolve(cbor, "x/y/1", blocks)).isEqualTo(root);
    assertThat(PathResolver.resolve(cbor, "x/y/1/a/b/ü", blocks)).isEqualTo(file.root());
    for (String path : List.of("z", "x/z", "x/y/2", "x/y/-1", "x/y/0/0", "x/y/99999999999")) {
      assertThatThrownBy(() -> PathResolver.resolve(cbor, path, blocks))
          .isInstanceOf(PathNotFoundException.class);
    }
    assertThatThrownBy(() -> PathResolver.resolve(cbor, "x/y/0", blocks))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("ends inside");
  }
}
