/** yamux: many streams inside one connection, each with its own flow control. */
@NullMarked
package io.ecluster.libp2p.mux;

import org.jspecify.annotations.NullMarked;
