package io.ecluster.interop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Two network namespaces with a link between them, which can be cut: then packets vanish without a
 * word, as in a partition. The tests reach both all the time, by links of their own.
 */
final class Islands implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String NOBODY = "02:00:00:00:00:01";

  /** What namespaces held is taken away later than they are, so each has names of its own. */
  private final String prefix = "ec%08x".formatted(new Random().nextInt());

  private final int net = new Random().nextInt(64, 128);

  private Islands() {}

  /**
   * @throws IllegalStateException if this machine does not let us
   */
  static Islands make() {
    Islands made = new Islands();
    try {
      for (int island = 0; island < 2; island++) {
        made.makeIsland(island);
      }
      made.link();
      return made;
    } catch (IllegalStateException e) {
      made.close();
      throw e;
    }
  }

  /** Why there can be none, if so. */
  static Optional<String> whyNot() {
    try {
      make().close();
      return Optional.empty();
    } catch (IllegalStateException e) {
      return Optional.of("network namespaces cannot be made: " + e.getMessage());
    }
  }

  private void makeIsland(int island) {
    String toTests = prefix + "t" + island;
    ip("netns", "add", name(island));
    ip("-n", name(island), "link", "set", "lo", "up");
    ip("link", "add", toTests, "type", "veth", "peer", "name", "api", "netns", name(island));
    ip("addr", "add", "10.%d.%d.1/24".formatted(net, island), "dev", toTests);
    ip("link", "set", toTests, "up");
    ip("-n", name(island), "addr", "add", apiHost(island) + "/24", "dev", "api");
    ip("-n", name(island), "link", "set", "api", "up");
  }

  private void link() {
    ip(
        "-n", name(0), "link", "add", "sea", "type", "veth", "peer", "name", "sea", "netns",
        name(1));
    for (int island = 0; island < 2; island++) {
      ip("-n", name(island), "addr", "add", swarmHost(island) + "/24", "dev", "sea");
      ip("-n", name(island), "link", "set", "sea", "up");
    }
  }

  /** Sends all packets from each to the other to nobody. */
  void cut() {
    for (int island = 0; island < 2; island++) {
      String other = swarmHost(1 - island);
      ip("-n", name(island), "neigh", "replace", other, "lladdr", NOBODY, "dev", "sea");
    }
  }

  void heal() {
    for (int island = 0; island < 2; island++) {
      ip("-n", name(island), "neigh", "del", swarmHost(1 - island), "dev", "sea");
    }
  }

  Place place(int island) {
    List<String> launcher = List.of("ip", "netns", "exec", name(island));
    return new Place(launcher, apiHost(island), swarmHost(island));
  }

  private String name(int island) {
    return prefix + "n" + island;
  }

  private String apiHost(int island) {
    return "10.%d.%d.2".formatted(net, island);
  }

  private String swarmHost(int island) {
    return "10.%d.9.%d".formatted(net, island + 1);
  }

  private static void ip(String... words) {
    List<String> command = Place.LOOPBACK.launching(List.of("ip"));
    command.addAll(List.of(words));
    new Command(Map.of()).run(PATIENCE, command).ok();
  }

  /** Takes away namespaces with all links that end in them. */
  @Override
  public void close() {
    for (int island = 0; island < 2; island++) {
      new Command(Map.of()).run(PATIENCE, List.of("ip", "netns", "del", name(island)));
    }
  }
}
