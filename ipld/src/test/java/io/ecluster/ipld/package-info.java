@NullMarked
package io.ecluster.ipld;

import org.jspecify.annotations.NullMarked;
