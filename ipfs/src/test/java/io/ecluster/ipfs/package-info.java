@NullMarked
package io.ecluster.ipfs;

import org.jspecify.annotations.NullMarked;
