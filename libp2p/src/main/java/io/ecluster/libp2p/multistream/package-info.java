/** multistream-select 1.0.0: how two peers agree on a protocol. */
@NullMarked
package io.ecluster.libp2p.multistream;

import org.jspecify.annotations.NullMarked;
