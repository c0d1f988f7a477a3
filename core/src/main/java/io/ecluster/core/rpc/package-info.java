/** gorpc: calls between peers, its msgpack dialect and who may call what. */
@NullMarked
package io.ecluster.core.rpc;

import org.jspecify.annotations.NullMarked;
