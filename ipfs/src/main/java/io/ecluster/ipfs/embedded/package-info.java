/** An IPFS node inside the daemon: block store, pinner, garbage collection and bitswap. */
@NullMarked
package io.ecluster.ipfs.embedded;

import org.jspecify.annotations.NullMarked;
