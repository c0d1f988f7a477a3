/** Who the members are, and how they find each other. */
@NullMarked
package io.ecluster.core.peers;

import org.jspecify.annotations.NullMarked;
