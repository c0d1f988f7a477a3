@NullMarked
package io.ecluster.ipfs.embedded;

import org.jspecify.annotations.NullMarked;
