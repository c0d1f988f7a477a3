package io.ecluster.core.rpc;

import io.ecluster.multiformats.Cid;

/**
 * A block on its way to a peer. The array is shared, not copied.
 *
 * @param cumulativeSize bytes of the block and all below it; 0 when unknown
 */
public record NodeWithMeta(Cid cid, byte[] data, long cumulativeSize) {}
