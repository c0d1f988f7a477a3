package io.ecluster.bench;

import io.ecluster.erasure.ErasureCodes;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Compares codecs: ours on its fastest kernel, ours portable, Backblaze's design, and
 * klauspost/reedsolomon, whose program is the first argument. Each lap is run by all, one after the
 * other, several times over, so that what disturbs the machine disturbs all; the median counts.
 */
public final class CodecBench {
  private static final int ROUNDS = 7;
  private static final int MILLIS = 120;
  private static final int WARM_UP_MILLIS = 400;
  private static final Duration VECTORS_BY = Duration.ofSeconds(15);
  private static final int[][] GEOMETRIES = {{4, 2}, {10, 4}, {16, 4}};
  private static final int[] SHARD_BYTES = {1 << 20, 32 << 10};

  private final PrintWriter out;

  private CodecBench(PrintWriter out) {
    this.out = out;
  }

  /** Prints the table as Markdown; the argument is the path of the Go program. */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (PrintWriter out =
            new PrintWriter(
                new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        GoCoder klauspost = new GoCoder(Path.of(args[0]))) {
      new CodecBench(out).run(klauspost);
    }
  }

  private void run(GoCoder klauspost) throws IOException, InterruptedException {
    waitForVectors();
    List<Coder> coders =
        List.of(
            new JavaCoder("ours", ErasureCodes::of),
            new JavaCoder("ours, portable", ErasureCodes::portable),
            new BackblazeCoder(),
            klauspost);
    out.println(
        "GB of data a second of processor time, one thread; our kernel: "
            + ErasureCodes.kernelInUse());
    out.println();
    out.println(
        "| lap | "
            + coders.stream().map(Coder::name).collect(Collectors.joining(" | "))
            + " | ours / klauspost | portable / Backblaze |");
    out.println("|---" + "|---:".repeat(coders.size() + 2) + "|");
    for (Lap lap : laps()) {
      print(lap, measure(lap, coders));
    }
  }

  private void waitForVectors() throws InterruptedException {
    ErasureCodes.warmUp();
    String first = ErasureCodes.kernelInUse();
    Instant end = Instant.now().plus(VECTORS_BY);
    while (ErasureCodes.kernelInUse().equals(first) && Instant.now().isBefore(end)) {
      Thread.sleep(100);
    }
  }

  private static List<Lap> laps() {
    List<Lap> laps = new ArrayList<>();
    for (int bytes : SHARD_BYTES) {
      for (int[] geometry : GEOMETRIES) {
        for (int lost : new int[] {0, 1, geometry[1]}) {
          laps.add(new Lap(geometry[0], geometry[1], lost, bytes));
        }
      }
    }
    return laps;
  }

  private double[] measure(Lap lap, List<Coder> coders) throws IOException {
    double[][] speeds = new double[coders.size()][ROUNDS];
    for (Coder coder : coders) {
      coder.prepare(lap);
      coder.run(WARM_UP_MILLIS);
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (int c = 0; c < speeds.length; c++) {
        speeds[c][round] = coders.get(c).run(MILLIS);
      }
    }
    requireSameBytes(lap, coders);
    return Arrays.stream(speeds).mapToDouble(CodecBench::median).toArray();
  }

  private static void requireSameBytes(Lap lap, List<Coder> coders) throws IOException {
    long expected = coders.getFirst().checksum();
    for (Coder coder : coders) {
      if (coder.checksum() != expected) {
        throw new IllegalStateException(coder.name() + " gives other bytes at " + lap);
      }
    }
  }

  private void print(Lap lap, double[] speeds) {
    String row =
        Arrays.stream(speeds)
            .mapToObj(speed -> "%.2f".formatted(speed))
            .collect(Collectors.joining(" | "));
    out.printf(
        "| %s | %s | %.2f | %.2f |%n", lap, row, speeds[0] / speeds[3], speeds[1] / speeds[2]);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
