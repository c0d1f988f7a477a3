/** Measurements of what must be fast. */
@NullMarked
package io.ecluster.bench;

import org.jspecify.annotations.NullMarked;
