package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manual pages, formatted by the real groff; where there is none that is skipped. */
class ManPageTest {
  @TempDir Path folder;

  @Test
  void everyCommandHasAPageThatGroffFormatsWithoutComplaint() throws Exception {
    assertThat(Ctl.run(Map.of(), "man", "-o", folder + "/man1").code()).isZero();
    List<Path> pages = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("man1"))) {
      files.forEach(pages::add);
    }
    assertThat(pages)
        .extracting(page -> page.getFileName().toString())
        .contains("ipfs-cluster-ctl.1", "ipfs-cluster-ctl-pin-add.1", "ipfs-cluster-ctl-ecget.1")
        .hasSize(27);
    for (Path page : pages) {
      String text = formatted(page);
      String name = page.getFileName().toString().replaceFirst("\\.1$", "");
      assertThat(text).contains("NAME", name + " - ", "SYNOPSIS", "OPTIONS", "--help");
    }
  }

  /** What a reader sees, with all warnings on and none given. */
  private String formatted(Path page) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process;
    try {
      process =
          new ProcessBuilder("groff", "-man", "-Tascii", "-ww", "-P-c", page.toString())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, "groff is not installed");
      throw e;
    }
    assertThat(process.waitFor()).isZero();
    assertThat(Files.readString(err)).as(page.toString()).isEmpty();
    return Files.readString(out, StandardCharsets.UTF_8)
        .replaceAll(".\b", "")
        .replaceAll("\\s+", " ");
  }

  @Test
  void thePageOfTheProgramTellsExitCodesAndTheEnvironment() {
    String page = Ctl.run(Map.of(), "man").out();
    assertThat(page)
        .startsWith(".TH \"IPFS\\-CLUSTER\\-CTL\" 1 ")
        .contains(".SH EXIT STATUS\n", "\\fB62\\fR", "NO_COLOR", "\\fB\\-\\-host\\fR");
  }

  @Test
  void aCommandThatIsNoneHasNoPage() {
    assertThat(Ctl.run(Map.of(), "man", "bogus"))
        .isEqualTo(new Ctl.Result(3, "", "No help topic for 'bogus'\n"));
  }
}
