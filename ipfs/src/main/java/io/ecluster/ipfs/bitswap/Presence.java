package io.ecluster.ipfs.bitswap;

import io.ecluster.multiformats.Cid;

/** Whether the sender has a block. */
record Presence(Cid cid, boolean has) {}
