/** The IPFS proxy: Kubo's RPC API, with pins that are the cluster's and reads that rebuild. */
@NullMarked
package io.ecluster.service.proxy;

import org.jspecify.annotations.NullMarked;
