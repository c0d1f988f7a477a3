package io.ecluster.adder;

import java.time.Duration;

/**
 * How long an add waits for others, and how it cuts.
 *
 * @param cellBytes the unit of coding
 * @param pinTimeout how long a holder may take to pin a shard that was sent to it
 * @param commitTimeout how long the root's pin may take to reach enough peers
 */
public record AddLimits(int cellBytes, Duration pinTimeout, Duration commitTimeout) {}
