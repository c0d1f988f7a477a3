package io.ecluster.erasure;

import jdk.incubator.vector.ByteVector;

/** How wide vectors are here. Apart from others, so that they load without the vector module. */
final class VectorWidths {
  /** What {@link PermuteKernel} needs. */
  static final int BITS_OF_PERMUTE = 512;

  private VectorWidths() {}

  static int preferred() {
    return ByteVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
