@NullMarked
package io.ecluster.recovery;

import org.jspecify.annotations.NullMarked;
