package io.ecluster.core.cluster;

import io.ecluster.multiformats.PeerId;
import java.util.List;

/**
 * A member as the placement of shards sees it.
 *
 * @param freeBytes by its last metric; 0 when unknown
 * @param domains values of the tags that are allocated by, the outermost first; unknown ones empty
 */
public record LivePeer(PeerId peer, long freeBytes, List<String> domains) {
  public LivePeer {
    domains = List.copyOf(domains);
  }
}
