package io.ecluster.allocator;

import io.ecluster.multiformats.PeerId;
import java.util.List;

/**
 * A live peer that may get shards.
 *
 * @param freeBytes what it says is free; 0 when it does not say
 * @param promisedBytes what was placed on it since it said so
 * @param domains its failure domains, the outermost first: region, rack, …; all candidates have the
 *     same number, an unknown one being empty text
 */
public record Candidate(PeerId peer, long freeBytes, long promisedBytes, List<String> domains) {
  public Candidate {
    if (freeBytes < 0 || promisedBytes < 0) {
      throw new IllegalArgumentException(
          "negative bytes of " + peer + ": free " + freeBytes + ", promised " + promisedBytes);
    }
    domains = List.copyOf(domains);
  }

  long available() {
    return Math.max(0, freeBytes - promisedBytes);
  }
}
