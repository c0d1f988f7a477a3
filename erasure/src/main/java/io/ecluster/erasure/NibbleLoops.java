package io.ecluster.erasure;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of {@link NibbleKernel}: a table look-up in 16 bytes for each half of a byte,
 * which any processor with vectors can do. Written out for the reasons given in {@link
 * PermuteLoops}.
 */
final class NibbleLoops {
  private static final VectorSpecies<Byte> NARROW = ByteVector.SPECIES_128;
  private static final int WIDTH = 16;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final MemorySegment ALL = AddressKernel.ALL;

  private NibbleLoops() {}

  static void addToOne(byte[] tables, int at, long a, long out0, int length, byte kept) {
    ByteVector keep = ByteVector.broadcast(NARROW, kept);
    ByteVector low0 = ByteVector.fromArray(NARROW, tables, at + 0);
    ByteVector high0 = ByteVector.fromArray(NARROW, tables, at + 16);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector low = ByteVector.fromMemorySegment(NARROW, ALL, a + i, ORDER);
      ByteVector high = low.reinterpretAsInts().lanewise(LSHR, 4).reinterpretAsBytes();
      ByteVector sum0 = ByteVector.fromMemorySegment(NARROW, ALL, out0 + i, ORDER).and(keep);
      sum0 = sum0.lanewise(XOR, low.selectFrom(low0)).lanewise(XOR, high.selectFrom(high0));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
    }
  }

  static void addToTwo(byte[] tables, int at, long a, long out0, long out1, int length, byte kept) {
    ByteVector keep = ByteVector.broadcast(NARROW, kept);
    ByteVector low0 = ByteVector.fromArray(NARROW, tables, at + 0);
    ByteVector high0 = ByteVector.fromArray(NARROW, tables, at + 16);
    ByteVector low1 = ByteVector.fromArray(NARROW, tables, at + 32);
    ByteVector high1 = ByteVector.fromArray(NARROW, tables, at + 48);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector low = ByteVector.fromMemorySegment(NARROW, ALL, a + i, ORDER);
      ByteVector high = low.reinterpretAsInts().lanewise(LSHR, 4).reinterpretAsBytes();
      ByteVector sum0 = ByteVector.fromMemorySegment(NARROW, ALL, out0 + i, ORDER).and(keep);
      ByteVector sum1 = ByteVector.fromMemorySegment(NARROW, ALL, out1 + i, ORDER).and(keep);
      sum0 = sum0.lanewise(XOR, low.selectFrom(low0)).lanewise(XOR, high.selectFrom(high0));
      sum1 = sum1.lanewise(XOR, low.selectFrom(low1)).lanewise(XOR, high.selectFrom(high1));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
      sum1.intoMemorySegment(ALL, out1 + i, ORDER);
    }
  }

  static void addToFour(
      byte[] tables,
      int at,
      long a,
      long out0,
      long out1,
      long out2,
      long out3,
      int length,
      byte kept) {
    ByteVector keep = ByteVector.broadcast(NARROW, kept);
    ByteVector low0 = ByteVector.fromArray(NARROW, tables, at + 0);
    ByteVector high0 = ByteVector.fromArray(NARROW, tables, at + 16);
    ByteVector low1 = ByteVector.fromArray(NARROW, tables, at + 32);
    ByteVector high1 = ByteVector.fromArray(NARROW, tables, at + 48);
    ByteVector low2 = ByteVector.fromArray(NARROW, tables, at + 64);
    ByteVector high2 = ByteVector.fromArray(NARROW, tables, at + 80);
    ByteVector low3 = ByteVector.fromArray(NARROW, tables, at + 96);
    ByteVector high3 = ByteVector.fromArray(NARROW, tables, at + 112);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector low = ByteVector.fromMemorySegment(NARROW, ALL, a + i, ORDER);
      ByteVector high = low.reinterpretAsInts().lanewise(LSHR, 4).reinterpretAsBytes();
      ByteVector sum0 = ByteVector.fromMemorySegment(NARROW, ALL, out0 + i, ORDER).and(keep);
      ByteVector sum1 = ByteVector.fromMemorySegment(NARROW, ALL, out1 + i, ORDER).and(keep);
      ByteVector sum2 = ByteVector.fromMemorySegment(NARROW, ALL, out2 + i, ORDER).and(keep);
      ByteVector sum3 = ByteVector.fromMemorySegment(NARROW, ALL, out3 + i, ORDER).and(keep);
      sum0 = sum0.lanewise(XOR, low.selectFrom(low0)).lanewise(XOR, high.selectFrom(high0));
      sum1 = sum1.lanewise(XOR, low.selectFrom(low1)).lanewise(XOR, high.selectFrom(high1));
      sum2 = sum2.lanewise(XOR, low.selectFrom(low2)).lanewise(XOR, high.selectFrom(high2));
      sum3 = sum3.lanewise(XOR, low.selectFrom(low3)).lanewise(XOR, high.selectFrom(high3));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
      sum1.intoMemorySegment(ALL, out1 + i, ORDER);
      sum2.intoMemorySegment(ALL, out2 + i, ORDER);
      sum3.intoMemorySegment(ALL, out3 + i, ORDER);
    }
  }
}
