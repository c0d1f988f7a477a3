package io.ecluster.core.peers;

import java.time.Duration;

/**
 * How peers look for each other.
 *
 * @param dialTimeout for one peer, over all of its addresses
 * @param round how often lost members are looked for
 * @param discovery how often a random member is asked whom it knows
 * @param pingTtl how long a peer counts as a member because we have just connected to it
 */
public record MembershipSettings(
    Duration dialTimeout, Duration round, Duration discovery, Duration pingTtl) {
  public static final MembershipSettings STANDARD =
      new MembershipSettings(
          Duration.ofSeconds(5),
          Duration.ofSeconds(2),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30));
}
