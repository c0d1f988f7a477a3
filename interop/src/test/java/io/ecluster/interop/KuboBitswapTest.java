package io.ecluster.interop;

import java.util.Optional;

/** In an open network. */
class KuboBitswapTest extends BitswapWithKubo {
  KuboBitswapTest() {
    super(Optional.empty());
  }
}
