/** Makes the IPFS node hold what the pinset says this peer holds. */
@NullMarked
package io.ecluster.core.tracker;

import org.jspecify.annotations.NullMarked;
