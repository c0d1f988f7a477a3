package io.ecluster.ipld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarExportTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final String LONG = "long-".repeat(60) + "name";

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final TarExport export = new TarExport(blocks, Prefetcher.NONE, NOON);
  private final FileImporter importer = new FileImporter();

  @Test
  void writesATreeWithFilesFoldersAndSymlinks() throws IOException {
    DirectoryBuilder builder = new DirectoryBuilder();
    builder.add("a/big", importer.add(KuboRoots.stream(700_000), ImportOptions.DEFAULT, blocks));
    builder.add("a/" + LONG, importer.add(KuboRoots.stream(3), ImportOptions.DEFAULT, blocks));
    builder.add("ü", importer.addSymlink("a/bïg", ImportOptions.DEFAULT, blocks));
    builder.addFolder("empty");
    Cid root = builder.finish(ImportOptions.DEFAULT, blocks).getLast().imported().root();

    assertThat(listing(root, "top"))
        .containsExactly(
            "top/",
            "top/a/",
            "top/a/big 700000",
            "top/a/" + LONG + " 3",
            "top/empty/",
            "top/ü -> a/bïg");
  }

  private List<String> listing(Cid root, String name) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    export.write(root, name, out);
    List<String> listing = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(out.toByteArray()), "UTF-8")) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        listing.add(describe(entry, tar.readAllBytes()));
      }
    }
    return listing;
  }

  private static String describe(TarArchiveEntry entry, byte[] content) {
    assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(NOON);
    assertThat(entry.getUserName()).isEmpty();
    if (entry.isSymbolicLink()) {
      return entry.getName() + " -> " + entry.getLinkName();
    }
    if (entry.isDirectory()) {
      return entry.getName();
    }
    assertThat(entry.getMode() & 0777).isEqualTo(0644);
    assertThat(content).isEqualTo(KuboRoots.data(content.length));
    return entry.getName() + " " + content.length;
  }

  @Test
  void writesASingleFileUnderTheGivenName() throws IOException {
    Imported file = importer.add(KuboRoots.stream(100), ImportOptions.DEFAULT, blocks);
    assertThat(listing(file.root(), "f")).containsExactly("f 100");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "a/b", "/etc", "../x", "nul\0"})
  void refusesNamesThatLeaveTheFolder(String name) throws IOException {
    Imported file = importer.add(KuboRoots.stream(100), ImportOptions.DEFAULT, blocks);
    PbNode node =
        new PbNode(List.of(new PbLink(file.root(), name, 1)), UnixFs.directory().encode());
    byte[] bytes = DagPb.encode(node);
    Cid folder = Cid.v1(Multicodec.DAG_PB, HashFunction.SHA2_256.hash(bytes));
    blocks.put(new Block(folder, bytes));
    assertThatThrownBy(() -> export.write(folder, "top", OutputStream.nullOutputStream()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not a name");
    assertThatThrownBy(() -> export.write(file.root(), name, OutputStream.nullOutputStream()))
        .isInstanceOf(FormatException.class);
  }

  @Test
  void refusesATreeThatIsNoTree() throws IOException {
    Cid part = importer.add(KuboRoots.stream(1), ImportOptions.DEFAULT, blocks).root();
    for (int i = 0; i < 300; i++) {
      byte[] bytes =
          DagPb.encode(new PbNode(List.of(new PbLink(part, "d", 1)), UnixFs.directory().encode()));
      part = Cid.v1(Multicodec.DAG_PB, HashFunction.SHA2_256.hash(bytes));
      blocks.put(new Block(part, bytes));
    }
    Cid deep = part;
    assertThatThrownBy(() -> export.write(deep, "top", OutputStream.nullOutputStream()))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("nested");
  }
}
