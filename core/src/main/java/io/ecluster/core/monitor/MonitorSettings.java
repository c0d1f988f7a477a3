package io.ecluster.core.monitor;

import java.time.Duration;

/**
 * How metrics are watched.
 *
 * @param checkInterval how often expired metrics are looked for
 * @param authorsOnly whether a metric counts only if the peer it speaks of has signed it. Go peers
 *     sign their own but do not check; checking keeps one peer from speaking for another
 */
public record MonitorSettings(Duration checkInterval, boolean authorsOnly) {
  public static final MonitorSettings STANDARD = new MonitorSettings(Duration.ofSeconds(15), true);
}
