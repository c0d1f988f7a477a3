/** What the gateway and the proxy read with. */
@NullMarked
package io.ecluster.service.read;

import org.jspecify.annotations.NullMarked;
