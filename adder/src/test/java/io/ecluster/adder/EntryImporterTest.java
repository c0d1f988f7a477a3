package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockLinks;
import io.ecluster.ipld.ImportOptions;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multihash;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of entries, and in which order. */
class EntryImporterTest {
  private final List<Block> blocks = new ArrayList<>();
  private final List<AddEvent> events = new ArrayList<>();

  /** A path that ends with a slash is a folder, one with an arrow a link, all others files. */
  private AddEvent importAll(boolean wrap, boolean progress, String... paths) {
    AddRequest request =
        new AddRequest(
            ImportOptions.DEFAULT, PinOptions.NONE, wrap, false, true, progress, Optional.empty());
    EntryImporter importer = new EntryImporter(request, blocks::add, events::add, List::of);
    return importer.importAll(Arrays.stream(paths).map(EntryImporterTest::entry).iterator());
  }

  private static AddEntry entry(String path) {
    if (path.endsWith("/")) {
      return new AddEntry.Directory(path.substring(0, path.length() - 1));
    }
    int arrow = path.indexOf('>');
    return arrow < 0
        ? AddCluster.file(path, path.getBytes(StandardCharsets.UTF_8))
        : new AddEntry.Symlink(path.substring(0, arrow), path.substring(arrow + 1));
  }

  @ParameterizedTest(name = "{0} (wrapped: {1}) tells {2} and then the root {3}")
  @CsvSource({
    "a, false, '', a",
    "a, true, a, ''",
    "a b, false, a, b",
    "a b, true, a b, ''",
    "d/ d/x, false, d/x, d",
    "d/, false, '', d",
    "d/ d/x d/e/ d/e/y, false, d/x d/e/y d/e, d",
    "d/ d/x d/e/ d/e/y, true, d/x d/e/y d/e d, ''",
    "d/x d/y, false, d/x d/y, d",
    "d/x e/y, false, d/x d e/y, e",
    "d/x b, false, d/x d, b",
    "b d/x, false, b d/x, d",
    "d/ d/l>x d/x, false, d/l d/x, d",
    "l>nowhere, false, '', l"
  })
  void theRootIsToldLastByWhoeverMadeItSafe(
      String entries, boolean wrap, String told, String root) {
    AddEvent last = importAll(wrap, false, entries.split(" "));
    assertThat(last.name()).isEqualTo(root);
    assertThat(events.stream().map(AddEvent::name))
        .containsExactlyInAnyOrder(told.isEmpty() ? new String[0] : told.split(" "));
    assertThat(blocks.getLast().cid()).isEqualTo(last.cid().orElseThrow());
  }

  @Test
  void blocksComeBeforeThoseThatLinkThem() {
    importAll(false, false, "d/", "d/x", "d/e/", "d/e/y");
    Set<Multihash> seen = new HashSet<>();
    for (Block block : blocks) {
      List<Cid> links = BlockLinks.of(block.cid(), block.data());
      assertThat(links.stream().map(Cid::hash)).allMatch(seen::contains);
      seen.add(block.cid().hash());
    }
  }

  @Test
  void theSameEntriesInAnotherOrderHaveTheSameRoot() {
    AddEvent one = importAll(true, false, "a", "d/x", "d/y");
    AddEvent other = importAll(true, false, "d/y", "a", "d/x");
    assertThat(one.cid()).isEqualTo(other.cid());
  }

  @ParameterizedTest(name = "wrapped: {0}")
  @CsvSource({"true", "false"})
  void nothingIsNoAdd(boolean wrap) {
    if (wrap) {
      assertThat(importAll(true, false).cid().orElseThrow().toString())
          .isEqualTo("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"); // the empty folder
    } else {
      assertThatThrownBy(() -> importAll(false, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nothing to add");
    }
  }

  @Test
  void progressIsToldEvery256KiBAndAtTheEnd() {
    byte[] bytes = AddCluster.random(1_000_000, 3);
    AddRequest request =
        new AddRequest(
            ImportOptions.DEFAULT, PinOptions.NONE, false, false, true, true, Optional.empty());
    new EntryImporter(request, blocks::add, events::add, List::of)
        .importAll(List.of(AddCluster.file("d/film", bytes)).iterator());
    List<AddEvent> progress = events.stream().filter(event -> event.cid().isEmpty()).toList();
    assertThat(progress).hasSizeBetween(3, 5);
    assertThat(progress).allMatch(event -> event.name().equals("film"));
    assertThat(progress.stream().map(AddEvent::bytes)).isSorted();
    assertThat(progress.getLast().bytes()).isEqualTo(1_000_000);
  }
}
