package io.ecluster.ipfs.embedded;

import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** What a victim does at each step: a pure function of seed and step, so that others can check. */
final class VictimWork {
  /** A victim that nobody kills ends after so many. */
  static final int STEPS = 20_000;

  private static final int CYCLE = 10;
  private static final int MAX_BLOCK_BYTES = 300_000;

  private final long seed;

  VictimWork(long seed) {
    this.seed = seed;
  }

  /** One thing to do. */
  enum Kind {
    PUT,
    PIN,
    UNPIN,
    COLLECT
  }

  Kind kind(int step) {
    return switch (step % CYCLE) {
      case 3, 7 -> Kind.PIN;
      case 8 -> Kind.UNPIN;
      case 9 -> Kind.COLLECT;
      default -> Kind.PUT;
    };
  }

  /** The pin that an unpin step takes back: the first of its cycle. */
  int unpinned(int step) {
    return step - 5;
  }

  /** The blocks of a put or pin step. */
  List<Block> blocks(int step) {
    Random random = new Random(seed * STEPS + step);
    List<Block> blocks =
        new ArrayList<>(IntStream.rangeClosed(0, 2).mapToObj(_ -> leaf(random)).toList());
    if (kind(step) == Kind.PIN) {
      blocks.add(TestDag.node(blocks.toArray(Block[]::new)));
    }
    return blocks;
  }

  Block root(int step) {
    return blocks(step).getLast();
  }

  private static Block leaf(Random random) {
    byte[] data = new byte[random.nextInt(MAX_BLOCK_BYTES)];
    random.nextBytes(data);
    return TestDag.raw(data);
  }
}
