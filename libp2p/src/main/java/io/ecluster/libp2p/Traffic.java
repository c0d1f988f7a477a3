package io.ecluster.libp2p;

/**
 * What streams of one protocol have carried.
 *
 * @param rateIn bytes a second in the last seconds
 * @param rateOut bytes a second in the last seconds
 */
public record Traffic(long bytesIn, long bytesOut, double rateIn, double rateOut) {}
