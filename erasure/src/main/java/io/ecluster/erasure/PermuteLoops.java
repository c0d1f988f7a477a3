package io.ecluster.erasure;

import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of {@link PermuteKernel}, for processors that look up 64 bytes in a table of 64
 * with one instruction (AVX-512 VBMI). Each is written out: the compiler stops inlining a program's
 * own methods around vector operations early, and then runs them a hundred times slower. All loads
 * come before all stores, all addresses are relative to the whole memory, and shifts are of ints,
 * since those of bytes take two instructions more.
 */
final class PermuteLoops {
  private static final VectorSpecies<Byte> WIDE = ByteVector.SPECIES_512;
  private static final int WIDTH = 64;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final MemorySegment ALL = AddressKernel.ALL;
  private static final ByteVector TWO_BITS = ByteVector.broadcast(WIDE, (byte) 0x03);
  private static final ByteVector FOUR_BITS = ByteVector.broadcast(WIDE, (byte) 0x0F);

  private PermuteLoops() {}

  static void addThreeToOne(
      byte[] tables, int at, long a, long b, long c, long out0, int length, byte kept) {
    ByteVector keep = ByteVector.broadcast(WIDE, kept);
    ByteVector a0 = ByteVector.fromArray(WIDE, tables, at + 0);
    ByteVector b0 = ByteVector.fromArray(WIDE, tables, at + 64);
    ByteVector c0 = ByteVector.fromArray(WIDE, tables, at + 128);
    ByteVector m0 = ByteVector.fromArray(WIDE, tables, at + 192);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector xa = ByteVector.fromMemorySegment(WIDE, ALL, a + i, ORDER);
      ByteVector xb = ByteVector.fromMemorySegment(WIDE, ALL, b + i, ORDER);
      ByteVector xc = ByteVector.fromMemorySegment(WIDE, ALL, c + i, ORDER);
      ByteVector topA = xa.reinterpretAsInts().lanewise(LSHR, 6).reinterpretAsBytes().and(TWO_BITS);
      ByteVector topB =
          xb.reinterpretAsInts().lanewise(LSHR, 4).reinterpretAsBytes().and(FOUR_BITS);
      ByteVector topC = xc.reinterpretAsInts().lanewise(LSHR, 2).reinterpretAsBytes();
      ByteVector xm = topA.lanewise(XOR, topB).lanewise(XOR, topC);
      ByteVector sum0 = ByteVector.fromMemorySegment(WIDE, ALL, out0 + i, ORDER).and(keep);
      sum0 =
          sum0.lanewise(XOR, xa.selectFrom(a0))
              .lanewise(XOR, xb.selectFrom(b0))
              .lanewise(XOR, xc.selectFrom(c0))
              .lanewise(XOR, xm.selectFrom(m0));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
    }
  }

  static void addThreeToTwo(
      byte[] tables, int at, long a, long b, long c, long out0, long out1, int length, byte kept) {
    ByteVector keep = ByteVector.broadcast(WIDE, kept);
    ByteVector a0 = ByteVector.fromArray(WIDE, tables, at + 0);
    ByteVector b0 = ByteVector.fromArray(WIDE, tables, at + 64);
    ByteVector c0 = ByteVector.fromArray(WIDE, tables, at + 128);
    ByteVector m0 = ByteVector.fromArray(WIDE, tables, at + 192);
    ByteVector a1 = ByteVector.fromArray(WIDE, tables, at + 256);
    ByteVector b1 = ByteVector.fromArray(WIDE, tables, at + 320);
    ByteVector c1 = ByteVector.fromArray(WIDE, tables, at + 384);
    ByteVector m1 = ByteVector.fromArray(WIDE, tables, at + 448);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector xa = ByteVector.fromMemorySegment(WIDE, ALL, a + i, ORDER);
      ByteVector xb = ByteVector.fromMemorySegment(WIDE, ALL, b + i, ORDER);
      ByteVector xc = ByteVector.fromMemorySegment(WIDE, ALL, c + i, ORDER);
      ByteVector topA = xa.reinterpretAsInts().lanewise(LSHR, 6).reinterpretAsBytes().and(TWO_BITS);
      ByteVector topB =
          xb.reinterpretAsInts().lanewise(LSHR, 4).reinterpretAsBytes().and(FOUR_BITS);
      ByteVector topC = xc.reinterpretAsInts().lanewise(LSHR, 2).reinterpretAsBytes();
      ByteVector xm = topA.lanewise(XOR, topB).lanewise(XOR, topC);
      ByteVector sum0 = ByteVector.fromMemorySegment(WIDE, ALL, out0 + i, ORDER).and(keep);
      ByteVector sum1 = ByteVector.fromMemorySegment(WIDE, ALL, out1 + i, ORDER).and(keep);
      sum0 =
          sum0.lanewise(XOR, xa.selectFrom(a0))
              .lanewise(XOR, xb.selectFrom(b0))
              .lanewise(XOR, xc.selectFrom(c0))
              .lanewise(XOR, xm.selectFrom(m0));
      sum1 =
          sum1.lanewise(XOR, xa.selectFrom(a1))
              .lanewise(XOR, xb.selectFrom(b1))
              .lanewise(XOR, xc.selectFrom(c1))
              .lanewise(XOR, xm.selectFrom(m1));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
      sum1.intoMemorySegment(ALL, out1 + i, ORDER);
    }
  }

  static void addThreeToFour(
      byte[] tables,
      int at,
      long a,
      long b,
      long c,
      long out0,
      long out1,
      long out2,
      long out3,
      int length,
      byte kept) {
    ByteVector keep = ByteVector.broadcast(WIDE, kept);
    ByteVector a0 = ByteVector.fromArray(WIDE, tables, at + 0);
    ByteVector b0 = ByteVector.fromArray(WIDE, tables, at + 64);
    ByteVector c0 = ByteVector.fromArray(WIDE, tables, at + 128);
    ByteVector m0 = ByteVector.fromArray(WIDE, tables, at + 192);
    ByteVector a1 = ByteVector.fromArray(WIDE, tables, at + 256);
    ByteVector b1 = ByteVector.fromArray(WIDE, tables, at + 320);
    ByteVector c1 = ByteVector.fromArray(WIDE, tables, at + 384);
    ByteVector m1 = ByteVector.fromArray(WIDE, tables, at + 448);
    ByteVector a2 = ByteVector.fromArray(WIDE, tables, at + 512);
    ByteVector b2 = ByteVector.fromArray(WIDE, tables, at + 576);
    ByteVector c2 = ByteVector.fromArray(WIDE, tables, at + 640);
    ByteVector m2 = ByteVector.fromArray(WIDE, tables, at + 704);
    ByteVector a3 = ByteVector.fromArray(WIDE, tables, at + 768);
    ByteVector b3 = ByteVector.fromArray(WIDE, tables, at + 832);
    ByteVector c3 = ByteVector.fromArray(WIDE, tables, at + 896);
    ByteVector m3 = ByteVector.fromArray(WIDE, tables, at + 960);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector xa = ByteVector.fromMemorySegment(WIDE, ALL, a + i, ORDER);
      ByteVector xb = ByteVector.fromMemorySegment(WIDE, ALL, b + i, ORDER);
      ByteVector xc = ByteVector.fromMemorySegment(WIDE, ALL, c + i, ORDER);
      ByteVector topA = xa.reinterpretAsInts().lanewise(LSHR, 6).reinterpretAsBytes().and(TWO_BITS);
      ByteVector topB =
          xb.reinterpretAsInts().lanewise(LSHR, 4).reinterpretAsBytes().and(FOUR_BITS);
      ByteVector topC = xc.reinterpretAsInts().lanewise(LSHR, 2).reinterpretAsBytes();
      ByteVector xm = topA.lanewise(XOR, topB).lanewise(XOR, topC);
      ByteVector sum0 = ByteVector.fromMemorySegment(WIDE, ALL, out0 + i, ORDER).and(keep);
      ByteVector sum1 = ByteVector.fromMemorySegment(WIDE, ALL, out1 + i, ORDER).and(keep);
      ByteVector sum2 = ByteVector.fromMemorySegment(WIDE, ALL, out2 + i, ORDER).and(keep);
      ByteVector sum3 = ByteVector.fromMemorySegment(WIDE, ALL, out3 + i, ORDER).and(keep);
      sum0 =
          sum0.lanewise(XOR, xa.selectFrom(a0))
              .lanewise(XOR, xb.selectFrom(b0))
              .lanewise(XOR, xc.selectFrom(c0))
              .lanewise(XOR, xm.selectFrom(m0));
      sum1 =
          sum1.lanewise(XOR, xa.selectFrom(a1))
              .lanewise(XOR, xb.selectFrom(b1))
              .lanewise(XOR, xc.selectFrom(c1))
              .lanewise(XOR, xm.selectFrom(m1));
      sum2 =
          sum2.lanewise(XOR, xa.selectFrom(a2))
              .lanewise(XOR, xb.selectFrom(b2))
              .lanewise(XOR, xc.selectFrom(c2))
              .lanewise(XOR, xm.selectFrom(m2));
      sum3 =
          sum3.lanewise(XOR, xa.selectFrom(a3))
              .lanewise(XOR, xb.selectFrom(b3))
              .lanewise(XOR, xc.selectFrom(c3))
              .lanewise(XOR, xm.selectFrom(m3));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
      sum1.intoMemorySegment(ALL, out1 + i, ORDER);
      sum2.intoMemorySegment(ALL, out2 + i, ORDER);
      sum3.intoMemorySegment(ALL, out3 + i, ORDER);
    }
  }

  static void addOneToOne(byte[] tables, int at, long a, long out0, int length, byte kept) {
    ByteVector keep = ByteVector.broadcast(WIDE, kept);
    ByteVector a0 = ByteVector.fromArray(WIDE, tables, at + 0);
    ByteVector m0 = ByteVector.fromArray(WIDE, tables, at + 64);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector xa = ByteVector.fromMemorySegment(WIDE, ALL, a + i, ORDER);
      ByteVector xm = xa.reinterpretAsInts().lanewise(LSHR, 6).reinterpretAsBytes();
      ByteVector sum0 = ByteVector.fromMemorySegment(WIDE, ALL, out0 + i, ORDER).and(keep);
      sum0 = sum0.lanewise(XOR, xa.selectFrom(a0)).lanewise(XOR, xm.selectFrom(m0));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
    }
  }

  static void addOneToTwo(
      byte[] tables, int at, long a, long out0, long out1, int length, byte kept) {
    ByteVector keep = ByteVector.broadcast(WIDE, kept);
    ByteVector a0 = ByteVector.fromArray(WIDE, tables, at + 0);
    ByteVector m0 = ByteVector.fromArray(WIDE, tables, at + 64);
    ByteVector a1 = ByteVector.fromArray(WIDE, tables, at + 128);
    ByteVector m1 = ByteVector.fromArray(WIDE, tables, at + 192);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector xa = ByteVector.fromMemorySegment(WIDE, ALL, a + i, ORDER);
      ByteVector xm = xa.reinterpretAsInts().lanewise(LSHR, 6).reinterpretAsBytes();
      ByteVector sum0 = ByteVector.fromMemorySegment(WIDE, ALL, out0 + i, ORDER).and(keep);
      ByteVector sum1 = ByteVector.fromMemorySegment(WIDE, ALL, out1 + i, ORDER).and(keep);
      sum0 = sum0.lanewise(XOR, xa.selectFrom(a0)).lanewise(XOR, xm.selectFrom(m0));
      sum1 = sum1.lanewise(XOR, xa.selectFrom(a1)).lanewise(XOR, xm.selectFrom(m1));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
      sum1.intoMemorySegment(ALL, out1 + i, ORDER);
    }
  }

  static void addOneToFour(
      byte[] tables,
      int at,
      long a,
      long out0,
      long out1,
      long out2,
      long out3,
      int length,
      byte kept) {
    ByteVector keep = ByteVector.broadcast(WIDE, kept);
    ByteVector a0 = ByteVector.fromArray(WIDE, tables, at + 0);
    ByteVector m0 = ByteVector.fromArray(WIDE, tables, at + 64);
    ByteVector a1 = ByteVector.fromArray(WIDE, tables, at + 128);
    ByteVector m1 = ByteVector.fromArray(WIDE, tables, at + 192);
    ByteVector a2 = ByteVector.fromArray(WIDE, tables, at + 256);
    ByteVector m2 = ByteVector.fromArray(WIDE, tables, at + 320);
    ByteVector a3 = ByteVector.fromArray(WIDE, tables, at + 384);
    ByteVector m3 = ByteVector.fromArray(WIDE, tables, at + 448);
    for (int i = 0; i < length; i += WIDTH) {
      ByteVector xa = ByteVector.fromMemorySegment(WIDE, ALL, a + i, ORDER);
      ByteVector xm = xa.reinterpretAsInts().lanewise(LSHR, 6).reinterpretAsBytes();
      ByteVector sum0 = ByteVector.fromMemorySegment(WIDE, ALL, out0 + i, ORDER).and(keep);
      ByteVector sum1 = ByteVector.fromMemorySegment(WIDE, ALL, out1 + i, ORDER).and(keep);
      ByteVector sum2 = ByteVector.fromMemorySegment(WIDE, ALL, out2 + i, ORDER).and(keep);
      ByteVector sum3 = ByteVector.fromMemorySegment(WIDE, ALL, out3 + i, ORDER).and(keep);
      sum0 = sum0.lanewise(XOR, xa.selectFrom(a0)).lanewise(XOR, xm.selectFrom(m0));
      sum1 = sum1.lanewise(XOR, xa.selectFrom(a1)).lanewise(XOR, xm.selectFrom(m1));
      sum2 = sum2.lanewise(XOR, xa.selectFrom(a2)).lanewise(XOR, xm.selectFrom(m2));
      sum3 = sum3.lanewise(XOR, xa.selectFrom(a3)).lanewise(XOR, xm.selectFrom(m3));
      sum0.intoMemorySegment(ALL, out0 + i, ORDER);
      sum1.intoMemorySegment(ALL, out1 + i, ORDER);
      sum2.intoMemorySegment(ALL, out2 + i, ORDER);
      sum3.intoMemorySegment(ALL, out3 + i, ORDER);
    }
  }
}
