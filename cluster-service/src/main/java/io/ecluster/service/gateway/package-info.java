/** The read-only HTTP gateway: content by path, as the IPFS gateway specifications have it. */
@org.jspecify.annotations.NullMarked
package io.ecluster.service.gateway;
