@NullMarked
package io.ecluster.multiformats;

import org.jspecify.annotations.NullMarked;
