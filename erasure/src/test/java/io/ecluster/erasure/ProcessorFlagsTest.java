package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessorFlagsTest {
  @TempDir private Path folder;

  @Test
  void areWordsOfTheFirstProcessor() throws IOException {
    Path file = folder.resolve("cpuinfo");
    Files.writeString(
        file,
        """
        processor\t: 0
        model name\t: gfni in a name is no flag
        flags\t\t: fpu avx512f avx512f  gfni\s
        vmx flags\t: vnmi

        processor\t: 1
        flags\t\t: fpu vaes
        """);
    assertThat(ProcessorFlags.read(file))
        .contains("avx512f", "gfni")
        .doesNotContain("vaes", "vnmi");
  }

  @Test
  void areNoneWithoutTheFileOrTheLine() throws IOException {
    Path file = Files.writeString(folder.resolve("cpuinfo"), "Features : asimd\n");
    assertThat(ProcessorFlags.read(file)).isEmpty();
    assertThat(ProcessorFlags.read(folder.resolve("none"))).isEmpty();
  }

  @Test
  void partsOfWordsAreNotFlags() throws IOException {
    Path file = Files.writeString(folder.resolve("cpuinfo"), "flags : gfni2 xavx512f\n");
    assertThat(ProcessorFlags.read(file)).doesNotContain("gfni", "avx512f");
  }
}
