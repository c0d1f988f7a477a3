package io.ecluster.interop;

import java.util.ArrayList;
import java.util.List;

/** The table at the end of a soak: Go, ours, and ours as a multiple of Go's. */
final class SoakSummary {
  /** What a peer of ours that was not restarted may grow by, from when it was warm to the end. */
  private static final double MEMORY_GROWTH = 1.5;

  private static final int MORE_THREADS = 32;
  private static final int MORE_FILES = 64;
  private static final double MIB = 1024 * 1024;

  private final List<String> rows = new ArrayList<>();

  SoakSummary() {
    rows.add("| what | Go | Java | Java / Go |");
    rows.add("|---|---:|---:|---:|");
  }

  /** The peers that ran all the time. */
  void steady(SoakSamples samples, MixedPeer go, MixedPeer ours) {
    ProcessFigures goWarm = samples.warm(go);
    ProcessFigures goLast = samples.last(go);
    ProcessFigures ourWarm = samples.warm(ours);
    ProcessFigures ourLast = samples.last(ours);
    row("memory, MiB, once warm", mib(goWarm), mib(ourWarm));
    row("memory, MiB, at the end", mib(goLast), mib(ourLast));
    row("peak memory, MiB", samples.peak(go), samples.peak(ours));
    row("open files, once warm", goWarm.files(), ourWarm.files());
    row("open files, at the end", goLast.files(), ourLast.files());
    row("threads, once warm", goWarm.threads(), ourWarm.threads());
    row("threads, at the end", goLast.threads(), ourLast.threads());
    row("processor time, s", seconds(goLast), seconds(ourLast));
  }

  /** The peers that were restarted. */
  void restarted(SoakSamples samples, MixedPeer go, MixedPeer ours) {
    row("peak memory of the restarted peer, MiB", samples.peak(go), samples.peak(ours));
  }

  void newcomers(Newcomer go, Newcomer ours) {
    row(
        "newcomer, s until it has the pins",
        go.untilSame().toMillis() / 1000.0,
        ours.untilSame().toMillis() / 1000.0);
    row("newcomer, processor time, s", seconds(go.figures()), seconds(ours.figures()));
    row(
        "newcomer, peak memory, MiB",
        go.figures().peakBytes() / MIB,
        ours.figures().peakBytes() / MIB);
  }

  private static double mib(ProcessFigures figures) {
    return figures.residentBytes() / MIB;
  }

  private static double seconds(ProcessFigures figures) {
    return figures.processorTime().toMillis() / 1000.0;
  }

  /**
   * Pins that Go peers kept wrongly, see {@link SamePins}; of ours there are none, or it failed.
   */
  void wrongAtGo(int members, Newcomer newcomer) {
    rows.add("| pins kept wrongly by members | %d | 0 | |".formatted(members));
    rows.add("| pins kept wrongly by the newcomer | %d | 0 | |".formatted(newcomer.wrong().size()));
  }

  private void row(String what, double go, double ours) {
    rows.add("| %s | %.4g | %.4g | %.2f |".formatted(what, go, ours, ours / go));
  }

  String table() {
    return String.join("\n", rows);
  }

  /**
   * @throws AssertionError if the peer of ours that ran all the time has grown
   */
  static void assertFlat(SoakSamples samples, MixedPeer ours) {
    ProcessFigures warm = samples.warm(ours);
    ProcessFigures last = samples.last(ours);
    if (last.residentBytes() > warm.residentBytes() * MEMORY_GROWTH
        || last.threads() > warm.threads() + MORE_THREADS
        || last.files() > warm.files() + MORE_FILES) {
      throw new AssertionError(
          "%s has grown from %s to %s; allowed are %s times the memory, %d threads and %d files more"
              .formatted(ours.name(), warm, last, MEMORY_GROWTH, MORE_THREADS, MORE_FILES));
    }
  }
}
