package io.ecluster.libp2p.kad;

/**
 * What was asked of us.
 *
 * @param answered requests, those that want no answer among them
 * @param refused streams ended since what came on them was malformed, or since they were too many
 */
public record KadStats(long answered, long refused) {}
