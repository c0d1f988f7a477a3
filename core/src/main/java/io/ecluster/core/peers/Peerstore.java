package io.ecluster.core.peers;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of peers to connect to at the next start: an address a line, the best first. */
public final class Peerstore {
  /** A file edited by hand or by mistake must not become thousands of dials. */
  static final int MAX_LINES = 10_000;

  private static final Logger log = LoggerFactory.getLogger(Peerstore.class);

  private final Path file;

  public Peerstore(Path file) {
    this.file = file;
  }

  /** The addresses in it, each ending in {@code /p2p/ID}; none if there is no such file. */
  public List<Multiaddr> load() {
    if (!Files.exists(file)) {
      return List.of();
    }
    List<Multiaddr> addresses = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      lines
          .lines()
          .limit(MAX_LINES)
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .forEach(line -> parse(line).ifPresent(addresses::add));
    } catch (IOException | UncheckedIOException e) {
      log.warn("Cannot read {}: {}", file, e.getMessage());
    }
    return addresses;
  }

  private Optional<Multiaddr> parse(String line) {
    try {
      Multiaddr address = Multiaddr.parse(line);
      if (address.peerId().isPresent()) {
        return Optional.of(address);
      }
      log.warn("{}: no /p2p/ID at the end of {}", file, line);
    } catch (FormatException e) {
      log.warn("{}: {}", file, e.getMessage());
    }
    return Optional.empty();
  }

  /** Replaces what is in it; a failure is logged, for nobody waits for this. */
  public void save(Collection<Multiaddr> addresses) {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(next, addresses.stream().map(Multiaddr::toString).toList());
      Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      log.warn("Cannot write {}: {}", file, e.toString());
    }
  }

  /** What is worth keeping of a peer's addresses: its DNS names, or all if it has none. */
  static List<Multiaddr> worthKeeping(List<Multiaddr> addresses) {
    List<Multiaddr> names = addresses.stream().filter(Peerstore::isDns).toList();
    return names.isEmpty() ? addresses : names;
  }

  private static boolean isDns(Multiaddr address) {
    return address.parts().getFirst().protocol().text().startsWith("dns");
  }
}
