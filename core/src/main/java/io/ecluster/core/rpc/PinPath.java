package io.ecluster.core.rpc;

import io.ecluster.core.pin.PinOptions;

/** A path such as {@code /ipfs/CID/a}, and how to pin what it leads to. */
public record PinPath(PinOptions options, String path) {}
