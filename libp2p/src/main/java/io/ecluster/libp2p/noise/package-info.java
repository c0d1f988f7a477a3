/** The Noise XX handshake and the encrypted channel it leads to. */
@NullMarked
package io.ecluster.libp2p.noise;

import org.jspecify.annotations.NullMarked;
