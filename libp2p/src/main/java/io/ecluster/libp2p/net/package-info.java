/** Raw connections: bytes in and out, before and under every libp2p layer. */
@NullMarked
package io.ecluster.libp2p.net;

import org.jspecify.annotations.NullMarked;
