package io.ecluster.bench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What a user waits for, with the programs that users run: adding, reading and starting, on one
 * machine. The yardstick is {@code sha256sum}, which reads and hashes the same file with one thread
 * and does nothing else.
 */
public final class ClusterBench {
  private static final int STARTS = 5;
  private static final long LARGE_FACTOR = 4;
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path programs;
  private final Path folder;
  private final Optional<Path> kubo;
  private final PrintWriter out;

  private ClusterBench(Path programs, Path folder, Optional<Path> kubo, PrintWriter out) {
    this.programs = programs;
    this.folder = folder;
    this.kubo = kubo;
    this.out = out;
  }

  /**
   * Prints a table as Markdown.
   *
   * @param args the folder of the launchers, the bytes of the file to add and, to measure with Kubo
   *     daemons as IPFS nodes, the program of Kubo
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("ecluster-bench");
    try (PrintWriter out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
      Optional<Path> kubo = args.length > 2 ? Optional.of(Path.of(args[2])) : Optional.empty();
      ClusterBench bench = new ClusterBench(Path.of(args[0]).toAbsolutePath(), folder, kubo, out);
      bench.run(Long.parseLong(args[1]));
    } finally {
      delete(folder);
    }
  }

  private void run(long bytes) throws IOException, InterruptedException {
    out.println("| what | figure | aim |");
    out.println("|---|---:|---:|");
    if (kubo.isEmpty()) {
      starts();
    }
    Path file = write("first", bytes, 1);
    Path next = write("second", bytes, 2);
    row("sha256sum of the file, MB/s", "%.0f".formatted(rate(bytes, yardstick(file))), "");
    if (kubo.isPresent()) {
      alone(kubo.get(), file);
    }
    figures(file, next, false, "120");
    figures(file, next, true, "80");
    Files.delete(next);
    if (kubo.isEmpty()) {
      large(bytes * LARGE_FACTOR);
    }
  }

  private void starts() throws IOException, InterruptedException {
    try (BenchPeer peer =
        new BenchPeer(programs, folder.resolve("starter"), "", Optional.empty())) {
      peer.init();
      long[] daemon = new long[STARTS];
      for (int i = 0; i < STARTS; i++) {
        daemon[i] = peer.start(Optional.empty()).toMillis();
        peer.kill();
      }
      peer.start(Optional.empty());
      long[] id = new long[STARTS];
      for (int i = 0; i < STARTS; i++) {
        Instant begun = Instant.now();
        peer.ctl("id");
        id[i] = Duration.between(begun, Instant.now()).toMillis();
      }
      row("start of the daemon until its API answers, ms", "" + median(daemon), "1500");
      row("`ipfs-cluster-ctl id`, ms", "" + median(id), "100");
    }
  }

  /** One Kubo daemon by itself: the same file, one copy, no cluster. */
  private void alone(Path program, Path file) throws IOException, InterruptedException {
    long bytes = Files.size(file);
    Path home = Files.createDirectory(folder.resolve("alone"));
    try (BenchKubo node = new BenchKubo(program, home.resolve("kubo"))) {
      Instant begun = Instant.now();
      String root = node.run("add", "-Q", file.toString());
      row("`ipfs add`, one Kubo alone, MB/s", rated(bytes, since(begun)), "");
      Path copy = home.resolve("copy");
      begun = Instant.now();
      node.run("get", "-o", copy.toString(), root);
      row("`ipfs get`, one Kubo alone, MB/s", rated(bytes, since(begun)), "");
    }
    delete(home);
  }

  private static Duration since(Instant begun) {
    return Duration.between(begun, Instant.now());
  }

  private void figures(Path file, Path next, boolean isPrivate, String addAim)
      throws IOException, InterruptedException {
    String with = isPrivate ? ", with a secret" : ", without a secret";
    long bytes = Files.size(file);
    Path home = Files.createDirectory(folder.resolve("cluster-" + isPrivate));
    try (BenchCluster cluster = new BenchCluster(programs, home, isPrivate, kubo)) {
      BenchCluster.Added fresh = cluster.add(file);
      row("first add of fresh daemons, MB/s" + with, rated(bytes, fresh.time()), addAim);
      long stored = cluster.storedBytes();
      BenchCluster.Processor before = cluster.processor();
      BenchCluster.Added warm = cluster.add(next);
      row("next add, MB/s" + with, rated(bytes, warm.time()), addAim);
      processor("next add" + with, bytes, cluster.processor().since(before));
      row("peak memory of the ingesting peer, MiB" + with, peak(cluster), "512");
      row("stored bytes a byte" + with, "%.3f".formatted((double) stored / bytes), "1.52");
      row("first read, MB/s" + with, rated(bytes, cluster.read(fresh.root(), file)), "180");
      before = cluster.processor();
      row("next read, MB/s" + with, rated(bytes, cluster.read(warm.root(), next)), "180");
      processor("next read" + with, bytes, cluster.processor().since(before));
      row("first byte, ms" + with, "" + cluster.firstByte(fresh.root()).toMillis(), "300");
      cluster.killHolders(fresh.root());
      row(
          "first byte, two holders just killed, ms" + with,
          "" + cluster.firstByte(fresh.root()).toMillis(),
          "300");
      row(
          "read, two holders dead, MB/s" + with,
          rated(bytes, cluster.read(fresh.root(), file)),
          "120");
      row("peak memory of the reading peer, MiB" + with, peak(cluster), "512");
    }
    delete(home);
  }

  private void processor(String what, long bytes, BenchCluster.Processor used) {
    row("processor seconds a GB, daemons, " + what, secondsPerGigabyte(bytes, used.daemons()), "");
    if (kubo.isPresent()) {
      row("processor seconds a GB, Kubo, " + what, secondsPerGigabyte(bytes, used.kubos()), "");
    }
  }

  private static String secondsPerGigabyte(long bytes, Duration used) {
    return "%.1f".formatted(used.toMillis() * 1e6 / bytes);
  }

  /** The memory must not grow with the file. */
  private void large(long bytes) throws IOException, InterruptedException {
    Path file = write("large", bytes, 3);
    Path home = Files.createDirectory(folder.resolve("cluster-large"));
    String of = " of %.1f GB, with a secret".formatted(bytes / 1e9);
    try (BenchCluster cluster = new BenchCluster(programs, home, true, kubo)) {
      BenchCluster.Added added = cluster.add(file);
      row("first add of fresh daemons, MB/s," + of, rated(bytes, added.time()), "80");
      row("peak memory of the ingesting peer, MiB," + of, peak(cluster), "512");
      double factor = (double) cluster.storedBytes() / bytes;
      row("stored bytes a byte," + of, "%.3f".formatted(factor), "1.52");
      row("read, MB/s," + of, rated(bytes, cluster.read(added.root(), file)), "180");
    }
  }

  private Duration yardstick(Path file) throws IOException, InterruptedException {
    Instant begun = Instant.now();
    new ProcessBuilder("sha256sum", file.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    return Duration.between(begun, Instant.now());
  }

  private Path write(String name, long bytes, long seed) throws IOException {
    Path file = folder.resolve(name);
    Random random = new Random(seed);
    byte[] chunk = new byte[CHUNK_BYTES];
    try (OutputStream to = Files.newOutputStream(file)) {
      for (long left = bytes; left > 0; left -= chunk.length) {
        random.nextBytes(chunk);
        to.write(chunk, 0, (int) Math.min(left, chunk.length));
      }
    }
    return file;
  }

  private static String peak(BenchCluster cluster) throws IOException {
    return "" + (cluster.first().peakBytes() >> 20);
  }

  private static String rated(long bytes, Duration time) {
    return "%.0f".formatted(rate(bytes, time));
  }

  private static double rate(long bytes, Duration time) {
    return bytes / 1e3 / Math.max(1, time.toMillis());
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void row(String what, String figure, String aim) {
    out.println("| " + what + " | " + figure + " | " + aim + " |");
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
