/** Private networks: all bytes of a connection are enciphered with a key that members share. */
@NullMarked
package io.ecluster.libp2p.pnet;

import org.jspecify.annotations.NullMarked;
