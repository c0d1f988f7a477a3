/** The port to an IPFS node, spoken to a Kubo daemon over its HTTP RPC API. */
@NullMarked
package io.ecluster.ipfs.kubo;

import org.jspecify.annotations.NullMarked;
