package io.ecluster.interop;

import java.time.Instant;
import java.util.List;

/**
 * What a soak is told on its command line.
 *
 * @param depth of the DAG of updates at its end
 * @param pace operations a second of each writer
 */
record SoakOptions(int minutes, long seed, int depth, double pace) {
  static final String USAGE = "options: --minutes N, --seed N, --depth N, --pace N";

  /**
   * @throws IllegalArgumentException if there is anything that is no option
   */
  static SoakOptions parse(List<String> words) {
    SoakOptions options = new SoakOptions(30, Instant.now().toEpochMilli(), 10_000, 2);
    for (int i = 0; i < words.size(); i += 2) {
      if (i + 1 == words.size()) {
        throw new IllegalArgumentException("no value for " + words.get(i) + "; " + USAGE);
      }
      options = options.with(words.get(i), words.get(i + 1));
    }
    return options;
  }

  private SoakOptions with(String option, String value) {
    return switch (option) {
      case "--minutes" -> new SoakOptions(Integer.parseInt(value), seed, depth, pace);
      case "--seed" -> new SoakOptions(minutes, Long.parseLong(value), depth, pace);
      case "--depth" -> new SoakOptions(minutes, seed, Integer.parseInt(value), pace);
      case "--pace" -> new SoakOptions(minutes, seed, depth, Double.parseDouble(value));
      default -> throw new IllegalArgumentException("no option " + option + "; " + USAGE);
    };
  }
}
