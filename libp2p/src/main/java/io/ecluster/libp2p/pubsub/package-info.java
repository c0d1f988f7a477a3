/** Gossipsub 1.1. */
@NullMarked
package io.ecluster.libp2p.pubsub;

import org.jspecify.annotations.NullMarked;
