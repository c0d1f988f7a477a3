/** The port to an IPFS node, spoken to a Kubo daemon over its HTTP RPC API. */
@org.jspecify.annotations.NullMarked
package io.ecluster.ipfs.kubo;
