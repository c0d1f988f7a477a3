/** The read-only HTTP gateway: content by path, as the IPFS gateway specifications have it. */
@NullMarked
package io.ecluster.service.gateway;

import org.jspecify.annotations.NullMarked;
