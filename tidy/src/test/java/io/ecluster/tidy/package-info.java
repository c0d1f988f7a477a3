/** Tests about the source itself: its layers, its format, its habits. */
@NullMarked
package io.ecluster.tidy;

import org.jspecify.annotations.NullMarked;
