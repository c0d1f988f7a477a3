/** Finding peers on the local network by multicast DNS, as go-libp2p does it. */
@NullMarked
package io.ecluster.libp2p.mdns;

import org.jspecify.annotations.NullMarked;
