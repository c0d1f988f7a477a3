/** The IPFS proxy: Kubo's RPC API, with pins that are the cluster's and reads that rebuild. */
@org.jspecify.annotations.NullMarked
package io.ecluster.service.proxy;
