/** Where the peer keeps its records, and the pinset as others see it. */
@NullMarked
package io.ecluster.core.state;

import org.jspecify.annotations.NullMarked;
