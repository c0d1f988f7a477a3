package io.ecluster.core.cluster;

import java.util.Set;

/** Port to the adder: what this peer is adding now, so that nobody sweeps it away. */
@FunctionalInterface
public interface AddsInProgress {
  /**
   * The coding ids, in hexadecimal, of the coded adds under way; and the root CIDs of those that
   * are about to pin them, or did so a short while ago.
   */
  Set<String> names();
}
