package io.ecluster.adder;

import java.time.Duration;

/**
 * How long an add waits for others, and how it cuts.
 *
 * @param cellBytes the unit of coding
 * @param pinTimeout how long a holder may take to pin a shard that was sent to it
 * @param commitTimeout how long the root's pin may take to reach enough peers
 * @param copyTimeout how long an add of copies waits for a holder to pin what it was sent, so that
 *     it need not keep the blocks for longer; one that takes longer keeps them for a while by
 *     itself
 */
public record AddLimits(
    int cellBytes, Duration pinTimeout, Duration commitTimeout, Duration copyTimeout) {}
