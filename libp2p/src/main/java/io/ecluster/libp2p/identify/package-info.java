/** identify: what peers tell each other about themselves. */
@NullMarked
package io.ecluster.libp2p.identify;

import org.jspecify.annotations.NullMarked;
