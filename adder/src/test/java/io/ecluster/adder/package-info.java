@NullMarked
package io.ecluster.adder;

import org.jspecify.annotations.NullMarked;
