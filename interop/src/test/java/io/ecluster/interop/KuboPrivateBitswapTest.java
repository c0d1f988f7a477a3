package io.ecluster.interop;

import java.util.Optional;

/** In a private network. */
class KuboPrivateBitswapTest extends BitswapWithKubo {
  private static final String KEY = "00112233445566778899aabbccddeeff".repeat(2);

  KuboPrivateBitswapTest() {
    super(Optional.of(KEY));
  }
}
