package io.ecluster.libp2p.pnet;

import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.ROL;
import static jdk.incubator.vector.VectorOperators.ULT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Salsa20 over as many blocks at once as a vector has lanes: lane b holds block b's state. At the
 * end the words of a block lie in one lane of sixteen vectors and must lie side by side; square
 * tiles of words are transposed in place by swapping ever smaller halves.
 */
final class VectorSalsa20 implements Salsa20 {
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES = INTS.withLanes(byte.class);
  private static final int LANES = INTS.length();
  private static final int WORDS = 16;

  /** 0, 1, 2, … */
  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  private final int[] words = new int[WORDS * LANES];

  @Override
  public int batchBytes() {
    return LANES * BLOCK_BYTES;
  }

  @Override
  public void xorBatch(int[] state, byte[] bytes, int offset) {
    // The counter of each block; its high half only carries when the low one wraps around.
    IntVector low = LANE.add(state[8]);
    IntVector high = IntVector.broadcast(INTS, state[9]).add(1, low.compare(ULT, state[8]));
    rounds(state, low, high);
    transpose();
    xor(bytes, offset);
    Salsa20.advance(state, LANES);
  }

  private void rounds(int[] state, IntVector low, IntVector high) {
    IntVector x0 = IntVector.broadcast(INTS, state[0]);
    IntVector x1 = IntVector.broadcast(INTS, state[1]);
    IntVector x2 = IntVector.broadcast(INTS, state[2]);
    IntVector x3 = IntVector.broadcast(INTS, state[3]);
    IntVector x4 = IntVector.broadcast(INTS, state[4]);
    IntVector x5 = IntVector.broadcast(INTS, state[5]);
    IntVector x6 = IntVector.broadcast(INTS, state[6]);
    IntVector x7 = IntVector.broadcast(INTS, state[7]);
    IntVector x8 = low;
    IntVector x9 = high;
    IntVector x10 = IntVector.broadcast(INTS, state[10]);
    IntVector x11 = IntVector.broadcast(INTS, state[11]);
    IntVector x12 = IntVector.broadcast(INTS, state[12]);
    IntVector x13 = IntVector.broadcast(INTS, state[13]);
    IntVector x14 = IntVector.broadcast(INTS, state[14]);
    IntVector x15 = IntVector.broadcast(INTS, state[15]);
    for (int round = 0; round < 10; round++) {
      x4 = x4.lanewise(XOR, x0.add(x12).lanewise(ROL, 7));
      x9 = x9.lanewise(XOR, x5.add(x1).lanewise(ROL, 7));
      x14 = x14.lanewise(XOR, x10.add(x6).lanewise(ROL, 7));
      x3 = x3.lanewise(XOR, x15.add(x11).lanewise(ROL, 7));
      x8 = x8.lanewise(XOR, x4.add(x0).lanewise(ROL, 9));
      x13 = x13.lanewise(XOR, x9.add(x5).lanewise(ROL, 9));
      x2 = x2.lanewise(XOR, x14.add(x10).lanewise(ROL, 9));
      x7 = x7.lanewise(XOR, x3.add(x15).lanewise(ROL, 9));
      x12 = x12.lanewise(XOR, x8.add(x4).lanewise(ROL, 13));
      x1 = x1.lanewise(XOR, x13.add(x9).lanewise(ROL, 13));
      x6 = x6.lanewise(XOR, x2.add(x14).lanewise(ROL, 13));
      x11 = x11.lanewise(XOR, x7.add(x3).lanewise(ROL, 13));
      x0 = x0.lanewise(XOR, x12.add(x8).lanewise(ROL, 18));
      x5 = x5.lanewise(XOR, x1.add(x13).lanewise(ROL, 18));
      x10 = x10.lanewise(XOR, x6.add(x2).lanewise(ROL, 18));
      x15 = x15.lanewise(XOR, x11.add(x7).lanewise(ROL, 18));
      x1 = x1.lanewise(XOR, x0.add(x3).lanewise(ROL, 7));
      x6 = x6.lanewise(XOR, x5.add(x4).lanewise(ROL, 7));
      x11 = x11.lanewise(XOR, x10.add(x9).lanewise(ROL, 7));
      x12 = x12.lanewise(XOR, x15.add(x14).lanewise(ROL, 7));
      x2 = x2.lanewise(XOR, x1.add(x0).lanewise(ROL, 9));
      x7 = x7.lanewise(XOR, x6.add(x5).lanewise(ROL, 9));
      x8 = x8.lanewise(XOR, x11.add(x10).lanewise(ROL, 9));
      x13 = x13.lanewise(XOR, x12.add(x15).lanewise(ROL, 9));
      x3 = x3.lanewise(XOR, x2.add(x1).lanewise(ROL, 13));
      x4 = x4.lanewise(XOR, x7.add(x6).lanewise(ROL, 13));
      x9 = x9.lanewise(XOR, x8.add(x11).lanewise(ROL, 13));
      x14 = x14.lanewise(XOR, x13.add(x12).lanewise(ROL, 13));
      x0 = x0.lanewise(XOR, x3.add(x2).lanewise(ROL, 18));
      x5 = x5.lanewise(XOR, x4.add(x7).lanewise(ROL, 18));
      x10 = x10.lanewise(XOR, x9.add(x8).lanewise(ROL, 18));
      x15 = x15.lanewise(XOR, x14.add(x13).lanewise(ROL, 18));
    }
    x0.add(IntVector.broadcast(INTS, state[0])).intoArray(words, 0 * LANES);
    x1.add(IntVector.broadcast(INTS, state[1])).intoArray(words, 1 * LANES);
    x2.add(IntVector.broadcast(INTS, state[2])).intoArray(words, 2 * LANES);
    x3.add(IntVector.broadcast(INTS, state[3])).intoArray(words, 3 * LANES);
    x4.add(IntVector.broadcast(INTS, state[4])).intoArray(words, 4 * LANES);
    x5.add(IntVector.broadcast(INTS, state[5])).intoArray(words, 5 * LANES);
    x6.add(IntVector.broadcast(INTS, state[6])).intoArray(words, 6 * LANES);
    x7.add(IntVector.broadcast(INTS, state[7])).intoArray(words, 7 * LANES);
    x8.add(low).intoArray(words, 8 * LANES);
    x9.add(high).intoArray(words, 9 * LANES);
    x10.add(IntVector.broadcast(INTS, state[10])).intoArray(words, 10 * LANES);
    x11.add(IntVector.broadcast(INTS, state[11])).intoArray(words, 11 * LANES);
    x12.add(IntVector.broadcast(INTS, state[12])).intoArray(words, 12 * LANES);
    x13.add(IntVector.broadcast(INTS, state[13])).intoArray(words, 13 * LANES);
    x14.add(IntVector.broadcast(INTS, state[14])).intoArray(words, 14 * LANES);
    x15.add(IntVector.broadcast(INTS, state[15])).intoArray(words, 15 * LANES);
  }

  private void transpose() {
    for (int half = LANES / 2; half > 0; half /= 2) {
      IntVector partner = LANE.lanewise(XOR, half);
      var upper = LANE.and(half).compare(NE, 0);
      IntVector first = LANE.blend(partner.add(LANES), upper);
      IntVector second = partner.blend(LANE.add(LANES), upper);
      for (int row = 0; row < WORDS; row++) {
        if ((row & half) == 0) {
          IntVector a = IntVector.fromArray(INTS, words, row * LANES);
          IntVector b = IntVector.fromArray(INTS, words, (row + half) * LANES);
          first.selectFrom(a, b).intoArray(words, row * LANES);
          second.selectFrom(a, b).intoArray(words, (row + half) * LANES);
        }
      }
    }
  }

  private void xor(byte[] bytes, int offset) {
    for (int row = 0; row < WORDS; row++) {
      // Row r of tile t holds words t·LANES… of block r.
      int at = offset + row % LANES * BLOCK_BYTES + row / LANES * LANES * Integer.BYTES;
      ByteVector.fromArray(BYTES, bytes, at)
          .reinterpretAsInts()
          .lanewise(XOR, IntVector.fromArray(INTS, words, row * LANES))
          .reinterpretAsBytes()
          .intoArray(bytes, at);
    }
  }
}
