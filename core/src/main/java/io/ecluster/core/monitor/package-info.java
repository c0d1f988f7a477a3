/** Metrics that peers publish about themselves, and what follows when they stop. */
@NullMarked
package io.ecluster.core.monitor;

import org.jspecify.annotations.NullMarked;
