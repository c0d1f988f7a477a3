package io.ecluster.core.rpc;

/** Which software a peer runs. */
public record Version(String version) {}
