package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All kernels give the same bytes, those of plain arithmetic. */
final class KernelTest {
  private static final int ROUNDS = 150;
  private static final int MOST_BYTES = 10_000;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);

  static Stream<Kernel> kernels() {
    return Stream.of(new PortableKernel(), new NibbleKernel(), new PermuteKernel());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void givesTheBytesOfPlainArithmetic(Kernel kernel) {
    for (int round = 0; round < ROUNDS; round++) {
      int dataShards = 1 + random.nextInt(20);
      int parityShards = 1 + random.nextInt(10);
      int length = random.nextInt(MOST_BYTES);
      Matrix matrix = parityRows(dataShards, parityShards);
      byte[][] data = bytes(dataShards, length);
      MemorySegment[] out = segments(bytes(parityShards, length), random.nextBoolean());
      kernel.prepare(matrix).apply(segments(data, random.nextBoolean()), out, length);
      for (int row = 0; row < parityShards; row++) {
        MemorySegment expected = MemorySegment.ofArray(plain(matrix, row, data, length));
        assertThat(out[row].mismatch(expected))
            .as("%d+%d, %d bytes, row %d, seed %d", dataShards, parityShards, length, row, seed)
            .isEqualTo(-1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void multipliesEveryByteByEveryCoefficient(Kernel kernel) {
    byte[][] all = new byte[3][Gf256.ORDER];
    for (int i = 0; i < Gf256.ORDER; i++) {
      all[0][i] = (byte) i;
      all[1][i] = (byte) (i * 7 + 3);
      all[2][i] = (byte) (i * 13 + 5);
    }
    Matrix matrix = parityRows(3, 252);
    MemorySegment[] out = segments(new byte[252][Gf256.ORDER], true);
    kernel.prepare(matrix).apply(segments(all, true), out, Gf256.ORDER);
    for (int row = 0; row < out.length; row++) {
      MemorySegment expected = MemorySegment.ofArray(plain(matrix, row, all, Gf256.ORDER));
      assertThat(out[row].mismatch(expected)).as("row %d", row).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void writesNothingBesideItsOutputs(Kernel kernel) {
    for (int length : new int[] {0, 1, 63, 64, 65, 4095, 4096, 4097, 5000}) {
      MemorySegment memory = Arena.ofAuto().allocate(length + 128L, 64).fill((byte) 0x5A);
      MemorySegment[] out = {memory.asSlice(64, length)};
      kernel.prepare(parityRows(4, 1)).apply(segments(bytes(4, length), true), out, length);
      byte[] guard = new byte[64];
      java.util.Arrays.fill(guard, (byte) 0x5A);
      MemorySegment expected = MemorySegment.ofArray(guard);
      assertThat(memory.asSlice(0, 64).mismatch(expected)).isEqualTo(-1);
      assertThat(memory.asSlice(64L + length).mismatch(expected)).isEqualTo(-1);
    }
  }

  @Test
  void closedMemoryIsRefusedNotRead() {
    MemorySegment[] closed;
    try (Arena arena = Arena.ofShared()) {
      closed = new MemorySegment[] {arena.allocate(64)};
    }
    Kernel.Multiplier multiplier = new PermuteKernel().prepare(parityRows(1, 1));
    MemorySegment[] out = segments(bytes(1, 64), true);
    assertThatThrownBy(() -> multiplier.apply(closed, out, 64))
        .isInstanceOf(IllegalStateException.class);
  }

  private static Matrix parityRows(int dataShards, int parityShards) {
    return Matrix.systematic(dataShards, parityShards)
        .select(Matrix.range(dataShards, dataShards + parityShards));
  }

  private static byte[] plain(Matrix matrix, int row, byte[][] data, int length) {
    byte[] sum = new byte[length];
    for (int c = 0; c < data.length; c++) {
      for (int i = 0; i < length; i++) {
        sum[i] ^= (byte) Gf256.multiply(matrix.at(row, c), data[c][i] & 0xFF);
      }
    }
    return sum;
  }

  private byte[][] bytes(int count, int length) {
    byte[][] bytes = new byte[count][length];
    for (byte[] shard : bytes) {
      random.nextBytes(shard);
    }
    return bytes;
  }

  private static MemorySegment[] segments(byte[][] bytes, boolean offHeap) {
    return Stream.of(bytes)
        .map(MemorySegment::ofArray)
        .map(heap ->
            offHeap ? Arena.ofAuto().allocate(heap.byteSize() + 1).asSlice(1).copyFrom(heap) : heap)
        .toArray(MemorySegment[]::new);
  }
}
