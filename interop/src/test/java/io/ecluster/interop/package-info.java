/** Tests against real Kubo daemons. */
@NullMarked
package io.ecluster.interop;

import org.jspecify.annotations.NullMarked;
