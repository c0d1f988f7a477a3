package io.ecluster.erasure;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/**
 * What instructions Linux offers to programs. The kernel leaves out of its list what it, a
 * hypervisor or a boot option has switched off, which the processor itself would not tell.
 */
final class ProcessorFlags {
  private static final Path SOURCE = Path.of("/proc/cpuinfo");
  private static final String LINE = "flags";

  private ProcessorFlags() {}

  /** None on other systems and processors. */
  static Set<String> read() {
    boolean linux = System.getProperty("os.name").equals("Linux");
    boolean amd64 = System.getProperty("os.arch").equals("amd64");
    return linux && amd64 ? read(SOURCE) : Set.of();
  }

  static Set<String> read(Path source) {
    try (BufferedReader lines = Files.newBufferedReader(source, StandardCharsets.ISO_8859_1)) {
      return lines
          .lines()
          .filter(line -> line.startsWith(LINE))
          .findFirst()
          .map(line -> Set.copyOf(Arrays.asList(line.split("\\s+"))))
          .orElse(Set.of());
    } catch (IOException | UncheckedIOException e) {
      return Set.of();
    }
  }
}
