package io.ecluster.ipfs.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multicodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it works loses nothing that it said was done. */
@Timeout(120)
class KilledProcessTest {
  private static final int KILLS = 4;
  private static final int MAX_STEPS_BEFORE_KILL = 120;

  @TempDir Path folder;

  private final long seed = new Random().nextInt(1_000_000);
  private final Random random = new Random(seed);
  private final TreeMap<Long, Integer> lastSteps = new TreeMap<>();

  @Test
  void whatWasAcknowledgedIsThere() throws Exception {
    for (int kill = 0; kill < KILLS; kill++) {
      long workSeed = seed * KILLS + kill;
      int last = runAndKill(workSeed, 1 + random.nextInt(MAX_STEPS_BEFORE_KILL));
      try (EmbeddedIpfsNode node = open()) {
        requirePuts(node, workSeed, last);
        lastSteps.put(workSeed, last);
        lastSteps.forEach((work, step) -> requirePins(node, work, step));
        assertThat(drafts()).as("seed %d", seed).isEmpty();
        assertThat(blockFiles()).as("seed %d", seed).isNotEmpty().allMatch(f -> whole(node, f));
      }
    }
  }

  private EmbeddedIpfsNode open() {
    return EmbeddedIpfsNode.offline(folder, EmbeddedIpfsSettings.defaults(), new StubSwarm());
  }

  private List<Path> drafts() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("blocks").resolve(".temp"))) {
      return files.toList();
    }
  }

  /** Also blocks whose put was not acknowledged are there whole or not at all. */
  private List<Path> blockFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("blocks"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static boolean whole(EmbeddedIpfsNode node, Path file) {
    return BlockNames.parse(file.getFileName().toString())
        .map(hash -> node.verify(Cid.v1(Multicodec.RAW, hash)))
        .orElse(false);
  }

  /** Lets a victim do at least so many steps; the last one that it acknowledged. */
  private int runAndKill(long workSeed, int steps) throws IOException, InterruptedException {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                VictimProcess.class.getName(),
                folder.toString(),
                Long.toString(workSeed))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      int last = -1;
      for (int step = 0; step < steps; step++) {
        last = Integer.parseInt(lines.readLine());
      }
      victim.toHandle().destroyForcibly(); // leaves what it wrote readable
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line.isEmpty() ? last : Math.max(last, Integer.parseInt(line));
      }
      return last;
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  /** The victim's guard kept all that it put. */
  private void requirePuts(EmbeddedIpfsNode node, long workSeed, int last) {
    VictimWork work = new VictimWork(workSeed);
    for (int step = 0; step <= last; step++) {
      if (work.kind(step) == VictimWork.Kind.PUT) {
        requireAll(node, work.blocks(step), step);
      }
    }
  }

  /** Pins outlive the victim, and later victims' collections. */
  private void requirePins(EmbeddedIpfsNode node, long workSeed, int last) {
    VictimWork work = new VictimWork(workSeed);
    IntStream.rangeClosed(0, last)
        .filter(step -> work.kind(step) == VictimWork.Kind.PIN)
        .filter(step -> !takenBack(work, step, last))
        .forEach(step -> {
          assertThat(node.pinned(work.root(step).cid()))
              .as("pin of step %d, seed %d", step, seed)
              .contains(PinMode.RECURSIVE);
          requireAll(node, work.blocks(step), step);
        });
  }

  /** Also by the step after the last acknowledged one, which may or may not have been done. */
  private static boolean takenBack(VictimWork work, int pin, int last) {
    return IntStream.rangeClosed(pin, last + 1)
        .filter(step -> work.kind(step) == VictimWork.Kind.UNPIN)
        .anyMatch(step -> work.unpinned(step) == pin);
  }

  private void requireAll(EmbeddedIpfsNode node, List<Block> blocks, int step) {
    for (Block block : blocks) {
      assertThat(node.getLocal(block.cid()))
          .as("block of step %d, seed %d", step, seed)
          .contains(block.data());
    }
  }
}
