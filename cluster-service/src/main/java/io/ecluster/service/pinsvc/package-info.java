/** The Pinning Services API, by which IPFS nodes have a cluster pin for them. */
@NullMarked
package io.ecluster.service.pinsvc;

import org.jspecify.annotations.NullMarked;
