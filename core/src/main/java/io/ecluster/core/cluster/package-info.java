/** The peer: everything above put to work together. */
@NullMarked
package io.ecluster.core.cluster;

import org.jspecify.annotations.NullMarked;
