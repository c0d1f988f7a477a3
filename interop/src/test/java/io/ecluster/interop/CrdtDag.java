package io.ecluster.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The DAG of the pinset's updates at a stopped peer, as {@code state crdt dot} prints it.
 *
 * @param updates how many updates there are of each height
 */
record CrdtDag(Map<Long, Long> updates) {
  /** {@code CID [label="HEIGHT | END OF CID: +1 -0"]}. */
  private static final Pattern BLOCK = Pattern.compile("\\[label=\"(\\d+) \\| ");

  static CrdtDag of(MixedPeer peer) {
    try {
      Path file = Files.createTempFile("dag", ".dot"); // a Go peer logs in between what it prints
      try {
        peer.command("state", "crdt", "dot", "-f", file.toString());
        return parse(Files.readString(file));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CrdtDag parse(String dot) {
    return new CrdtDag(
        BLOCK
            .matcher(dot)
            .results()
            .map((MatchResult found) -> Long.parseLong(found.group(1)))
            .collect(Collectors.groupingBy(height -> height, TreeMap::new, Collectors.counting())));
  }

  /** The greatest height. */
  long height() {
    return updates.keySet().stream().max(Long::compare).orElse(0L);
  }

  long size() {
    return updates.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Updates made at the same height: their writers did not know of each other. */
  long conflicts() {
    return updates.values().stream().filter(count -> count > 1).count();
  }
}
