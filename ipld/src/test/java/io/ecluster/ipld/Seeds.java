package io.ecluster.ipld;

import java.util.Random;
import java.util.stream.LongStream;

/** Seeds for properties: a few that stay and one that is new each time, named when a test fails. */
final class Seeds {
  private Seeds() {}

  static LongStream few() {
    return LongStream.concat(LongStream.range(0, 20), LongStream.of(System.nanoTime()));
  }

  static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
