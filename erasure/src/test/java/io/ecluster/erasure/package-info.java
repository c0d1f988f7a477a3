@NullMarked
package io.ecluster.erasure;

import org.jspecify.annotations.NullMarked;
