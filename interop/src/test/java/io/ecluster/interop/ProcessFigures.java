package io.ecluster.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What Linux tells of a process.
 *
 * @param residentBytes memory it has in RAM
 * @param peakBytes the most it has had there since it was started
 * @param files open file descriptors, sockets among them
 * @param processorTime used since it was started
 */
record ProcessFigures(
    long residentBytes, long peakBytes, int threads, int files, Duration processorTime) {
  private static final int KIB = 1024;

  static ProcessFigures of(long pid) {
    Path folder = Path.of("/proc", String.valueOf(pid));
    try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
      List<String> status = Files.readAllLines(folder.resolve("status"));
      return new ProcessFigures(
          number(status, "VmRSS:") * KIB,
          number(status, "VmHWM:") * KIB,
          Math.toIntExact(number(status, "Threads:")),
          Math.toIntExact(files.count()),
          processorTime(pid));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(List<String> status, String name) {
    return status.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  private static Duration processorTime(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(handle -> handle.info().totalCpuDuration())
        .orElse(Duration.ZERO);
  }
}
