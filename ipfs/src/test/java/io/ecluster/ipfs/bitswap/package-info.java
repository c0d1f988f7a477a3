@NullMarked
package io.ecluster.ipfs.bitswap;

import org.jspecify.annotations.NullMarked;
