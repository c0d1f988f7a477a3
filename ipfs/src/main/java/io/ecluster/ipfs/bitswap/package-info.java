/** Bitswap 1.2, client and server, on any libp2p host. */
@NullMarked
package io.ecluster.ipfs.bitswap;

import org.jspecify.annotations.NullMarked;
