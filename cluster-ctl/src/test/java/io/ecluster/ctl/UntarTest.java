package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class UntarTest {
  @TempDir Path temp;

  private Path work = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void folders() throws IOException {
    work = Files.createDirectory(temp.resolve("work"));
    outside = Files.createDirectory(temp.resolve("outside"));
  }

  private void extract(Tar tar) throws IOException {
    extract(tar.end());
  }

  private void extract(byte[] tar) throws IOException {
    Untar.extract(new ByteArrayInputStream(tar), work.resolve("out"), () -> {});
  }

  @Test
  void filesFoldersAndLinksAreMade() throws IOException {
    extract(
        new Tar()
            .folder("cid")
            .file("cid/a", "A")
            .folder("cid/empty")
            .file("cid/deep/er/b", "B")
            .link("cid/link", "a")
            .link("cid/away", "../../elsewhere")
            .file("cid/" + "long ".repeat(40) + "name", "L"));
    Path out = work.resolve("out");
    assertThat(out.resolve("a")).hasContent("A");
    assertThat(out.resolve("empty")).isEmptyDirectory();
    assertThat(out.resolve("deep/er/b")).hasContent("B");
    assertThat(Files.readSymbolicLink(out.resolve("link"))).isEqualTo(Path.of("a"));
    assertThat(Files.readSymbolicLink(out.resolve("away"))).isEqualTo(Path.of("../../elsewhere"));
    assertThat(out.resolve("long ".repeat(40) + "name")).hasContent("L");
    assertThat(names(work)).containsExactly("out");
  }

  @Test
  void aRootThatIsALinkIsMade() throws IOException {
    extract(new Tar().link("cid", "/somewhere"));
    assertThat(Files.readSymbolicLink(work.resolve("out"))).isEqualTo(Path.of("/somewhere"));
  }

  static Stream<Tar> attacks() {
    return Stream.of(
        new Tar().file("cid/../../outside/evil", "x"),
        new Tar().file("cid/../evil", "x"),
        new Tar().file("cid/..", "x"),
        new Tar().file("cid/a/../../../evil", "x"),
        new Tar().file("cid//etc/ecluster-evil", "x"),
        new Tar().folder("cid/../../outside/evil"),
        new Tar().link("cid/../../outside/evil", "x"),
        new Tar().folder("cid").link("cid/l", "../../../outside").file("cid/l/evil", "x"),
        new Tar().folder("cid").link("cid/l", "../../../outside").folder("cid/l/evil"),
        new Tar().folder("cid").link("cid/l", "../../../outside").link("cid/l/evil", "x"),
        new Tar().folder("cid").link("cid/l", "../../../outside/evil").file("cid/l", "x"),
        new Tar()
            .folder("cid")
            .link("cid/a", "b")
            .link("cid/b", "../../../outside")
            .file("cid/a/evil", "x"),
        new Tar().link("cid", "../../outside").file("cid/evil", "x"),
        new Tar().folder("cid").special("cid/hard", TarConstants.LF_LINK, "../../outside/x"),
        new Tar().folder("cid").special("cid/fifo", TarConstants.LF_FIFO, ""),
        new Tar().folder("cid").special("cid/tty", TarConstants.LF_CHR, ""),
        new Tar().folder("cid").special("cid/disk", TarConstants.LF_BLK, ""),
        new Tar().folder("cid").file("cid/twice", "1").file("cid/twice", "2"),
        new Tar().longText(TarConstants.LF_GNUTYPE_LONGNAME, 2_000_000).file("x", "x"),
        new Tar().longText(TarConstants.LF_GNUTYPE_LONGLINK, 2_000_000).link("cid/l", "x"),
        new Tar().folder("cid").file("cid/" + "n".repeat(300), "x"));
  }

  @ParameterizedTest
  @MethodSource("attacks")
  void nothingIsWrittenOutsideAndNothingIsLeft(Tar tar) throws IOException {
    assertThatThrownBy(() -> extract(tar)).isInstanceOfAny(LocalException.class, IOException.class);
    assertThat(names(outside)).isEmpty();
    assertThat(names(work)).isEmpty();
    assertThat(names(temp)).containsExactly("outside", "work");
    assertThat(Path.of("/etc/ecluster-evil")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/x", "../x", ".", ".."})
  void theFirstPartOfANameIsOnlyTheRoot(String name) throws IOException {
    extract(new Tar().file(name, "x"));
    assertThat(names(work)).containsExactly("out");
    assertThat(names(outside)).isEmpty();
  }

  @Test
  void nothingIsReplaced() throws IOException {
    Path out = Files.writeString(work.resolve("out"), "precious");
    assertThatThrownBy(() -> extract(new Tar().folder("cid")))
        .isInstanceOf(LocalException.class)
        .hasMessageContaining("exists already");
    assertThat(out).hasContent("precious");
    Files.delete(out);
    Files.createSymbolicLink(out, Path.of("dangling"));
    assertThatThrownBy(() -> extract(new Tar().folder("cid"))).isInstanceOf(LocalException.class);
    assertThat(out).isSymbolicLink();
  }

  @Test
  void anArchiveOfNothingIsAnError() throws IOException {
    for (byte[] nothing : List.of(new byte[0], new Tar().end())) {
      assertThatThrownBy(() -> extract(nothing))
          .isInstanceOf(LocalException.class)
          .hasMessageContaining("empty");
    }
    assertThat(names(work)).isEmpty();
  }

  @Test
  void aTransferThatWasNotWholeLeavesNothing() throws IOException {
    byte[] tar = new Tar().folder("cid").file("cid/a", "A").end();
    assertThatThrownBy(() ->
            Untar.extract(
                new ByteArrayInputStream(tar),
                work.resolve("out"),
                () -> {
                  throw new IllegalStateException("trailer");
                }))
        .hasMessage("trailer");
    assertThat(names(work)).isEmpty();
  }

  @Test
  void damagedArchivesAreUnpackedOrRefusedAndStayInside() throws IOException {
    byte[] whole =
        new Tar()
            .folder("cid")
            .file("cid/a", "A".repeat(700))
            .link("cid/l", "../../../outside")
            .file("cid/" + "n".repeat(150), "N")
            .end();
    for (long seed = 1; seed <= 500; seed++) {
      Random random = new Random(seed);
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length));
      for (int i = random.nextInt(6); i > 0 && damaged.length > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        extract(damaged);
      } catch (LocalException | IOException e) {
        assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).+");
      } catch (RuntimeException e) {
        fail("seed " + seed, e);
      }
      Untarred.delete(work.resolve("out"));
      assertThat(names(work)).as("seed %d", seed).isEmpty();
      assertThat(names(outside)).as("seed %d", seed).isEmpty();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** Removes what a run made. */
  private static final class Untarred {
    static void delete(Path path) throws IOException {
      if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
        try (Stream<Path> children = Files.list(path)) {
          for (Path child : children.toList()) {
            delete(child);
          }
        }
      }
      Files.deleteIfExists(path);
    }
  }
}
