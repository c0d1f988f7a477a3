package io.ecluster.core.cluster;

import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.List;

/** Asks a peer to answer when it holds these pins, or when the time is over. */
public record AwaitRequest(List<Cid> cids, Duration timeout) {
  /** An add closes a group at a time; a group has some hundred shards at most. */
  public static final int MAX_CIDS = 10_000;

  /** Nobody keeps a peer waiting for longer: a shard that takes more will not come. */
  public static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  public AwaitRequest {
    cids = List.copyOf(cids);
    if (cids.size() > MAX_CIDS) {
      throw new IllegalArgumentException(cids.size() + " CIDs; at most " + MAX_CIDS);
    }
    timeout = timeout.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : timeout;
  }
}
