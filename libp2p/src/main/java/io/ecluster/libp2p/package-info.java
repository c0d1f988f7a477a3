/** A libp2p host: what speaks to other peers over authenticated, multiplexed connections. */
@NullMarked
package io.ecluster.libp2p;

import org.jspecify.annotations.NullMarked;
