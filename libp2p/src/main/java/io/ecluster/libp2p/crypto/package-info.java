/** Identity keys: what a peer signs with, and how libp2p writes keys down. */
@NullMarked
package io.ecluster.libp2p.crypto;

import org.jspecify.annotations.NullMarked;
