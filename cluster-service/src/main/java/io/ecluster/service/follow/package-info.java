/** {@code ipfs-cluster-follow}: peers that hold what a published cluster pins. */
@NullMarked
package io.ecluster.service.follow;

import org.jspecify.annotations.NullMarked;
