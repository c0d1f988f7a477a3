/** Tests against real Kubo daemons. */
@org.jspecify.annotations.NullMarked
package io.ecluster.interop;
