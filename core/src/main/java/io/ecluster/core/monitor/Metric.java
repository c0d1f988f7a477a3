package io.ecluster.core.monitor;

import io.ecluster.multiformats.PeerId;
import java.time.Instant;

/**
 * A value that a peer published about itself.
 *
 * @param expire by the sender's clock
 * @param weight what the allocator sorts by
 * @param partitionable whether equal values form one failure domain
 */
public record Metric(
    String name,
    PeerId peer,
    String value,
    Instant expire,
    boolean valid,
    long weight,
    boolean partitionable,
    Instant receivedAt) {

  public static final String PING = "ping";
  public static final String FREESPACE = "freespace";

  public boolean liveAt(Instant now) {
    return valid && now.isBefore(expire);
  }
}
