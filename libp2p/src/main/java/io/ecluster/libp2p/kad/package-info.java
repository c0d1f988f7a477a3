/** The Kademlia protocol of the local network: telling and asking where peers are. */
@NullMarked
package io.ecluster.libp2p.kad;

import org.jspecify.annotations.NullMarked;
