package io.ecluster.recovery;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.nio.charset.StandardCharsets;

/** CIDs by name. */
final class TestCids {
  private TestCids() {}

  static Cid cid(String name) {
    return Cid.v1(
        Multicodec.RAW, HashFunction.SHA2_256.hash(name.getBytes(StandardCharsets.UTF_8)));
  }
}
