package io.ecluster.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The figures of all peers, taken once a minute. */
final class SoakSamples {
  /** Caches and pools have filled by then. */
  private static final int WARM_MINUTE = 5;

  private static final double MIB = 1024 * 1024;

  private final Map<String, List<ProcessFigures>> byPeer = new TreeMap<>();
  private final Map<String, Long> peaks = new TreeMap<>();

  void take(MixedPeer peer) {
    ProcessFigures figures = ProcessFigures.of(peer.pid());
    byPeer.computeIfAbsent(peer.name(), _ -> new ArrayList<>()).add(figures);
    peaks.merge(peer.name(), figures.peakBytes(), Math::max);
  }

  private List<ProcessFigures> of(MixedPeer peer) {
    return Objects.requireNonNull(byPeer.get(peer.name()), peer::name);
  }

  /** At minute five, or in the middle of a short run. */
  ProcessFigures warm(MixedPeer peer) {
    List<ProcessFigures> all = of(peer);
    return all.get(Math.min(WARM_MINUTE, (all.size() + 1) / 2) - 1);
  }

  ProcessFigures last(MixedPeer peer) {
    return of(peer).getLast();
  }

  /** The most memory that any of its processes had, in MiB. */
  double peak(MixedPeer peer) {
    return Objects.requireNonNull(peaks.get(peer.name())) / MIB;
  }

  /** One line for people. */
  String line(MixedPeer peer) {
    ProcessFigures last = last(peer);
    return "%-6s %4.0f MiB, peak %4.0f, %3d threads, %4d files, %4d s of processor"
        .formatted(
            peer.name(),
            last.residentBytes() / MIB,
            peak(peer),
            last.threads(),
            last.files(),
            last.processorTime().toSeconds());
  }
}
