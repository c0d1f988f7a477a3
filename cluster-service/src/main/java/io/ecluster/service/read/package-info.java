/** What the gateway and the proxy read with. */
@org.jspecify.annotations.NullMarked
package io.ecluster.service.read;
