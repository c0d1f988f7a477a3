@NullMarked
package io.ecluster.allocator;

import org.jspecify.annotations.NullMarked;
