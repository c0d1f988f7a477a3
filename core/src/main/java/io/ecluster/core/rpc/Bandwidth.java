package io.ecluster.core.rpc;

/** Traffic of one protocol: bytes in total, and bytes a second lately. */
public record Bandwidth(long totalIn, long totalOut, double rateIn, double rateOut) {}
