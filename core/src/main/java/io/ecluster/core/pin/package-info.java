/** What a pin is, and how it is written down. */
@NullMarked
package io.ecluster.core.pin;

import org.jspecify.annotations.NullMarked;
