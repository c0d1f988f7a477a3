package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All kernels give the same bytes, those of plain arithmetic. */
final class KernelTest {
  private static final int ROUNDS = 150;
  private static final int MOST_BYTES = 10_000;

  /** A length that no kernel leaves a part of to the portable one. */
  private static final int WHOLE = 128;

  @TempDir private Path folder;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);

  static Stream<Kernel> kernels() {
    Stream<Kernel> always =
        Stream.of(new PortableKernel(), new NibbleKernel(), new PermuteKernel());
    return Stream.concat(always, GfniKernel.here().stream());
  }

  static Stream<Kernel> addressKernels() {
    return kernels().filter(AddressKernel.class::isInstance);
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

  @ParameterizedTest
  @MethodSource("addressKernels")
  void closedMemoryIsRefusedNotRead(Kernel kernel) {
    MemorySegment[] closed;
    try (Arena arena = Arena.ofShared()) {
      closed = new MemorySegment[] {arena.allocate(WHOLE)};
    }
    MemorySegment[] out = segments(bytes(1, WHOLE), true);
    assertRefused(kernel, closed, out, IllegalStateException.class);
    assertRefused(kernel, out, closed, IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("addressKernels")
  void shortMemoryIsRefusedNotRead(Kernel kernel) {
    MemorySegment[] tooShort = segments(bytes(1, WHOLE - 1), true);
    MemorySegment[] whole = segments(bytes(1, WHOLE), true);
    assertRefused(kernel, tooShort, whole, IllegalStateException.class);
    assertRefused(kernel, whole, tooShort, IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("addressKernels")
  void otherCountsThanTheMatrixHasAreRefused(Kernel kernel) {
    MemorySegment[] one = segments(bytes(1, WHOLE), true);
    MemorySegment[] two = segments(bytes(2, WHOLE), true);
    assertRefused(kernel, two, one, IllegalArgumentException.class);
    assertRefused(kernel, one, two, IllegalArgumentException.class);
    assertRefused(kernel, new MemorySegment[0], one, IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("addressKernels")
  void outputsThatMayOnlyBeReadAreRefused(Kernel kernel) {
    MemorySegment[] in = segments(bytes(1, WHOLE), true);
    MemorySegment[] out = {Arena.ofAuto().allocate(WHOLE).asReadOnly()};
    assertRefused(kernel, in, out, IllegalArgumentException.class);
  }

  @ParameterizedTest
  @MethodSource("addressKernels")
  void memoryOfOtherThreadsIsRefused(Kernel kernel) throws InterruptedException {
    MemorySegment[] out = segments(bytes(1, WHOLE), true);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment[] in = {arena.allocate(WHOLE)};
      Thread other =
          Thread.ofVirtual()
              .unstarted(() -> assertRefused(kernel, in, out, IllegalStateException.class));
      List<Throwable> failures = new CopyOnWriteArrayList<>();
      other.setUncaughtExceptionHandler((_, failure) -> failures.add(failure));
      other.start();
      other.join();
      assertThat(failures).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("addressKernels")
  void mappedFilesAreReadAndWritten(Kernel kernel) throws IOException {
    byte[][] data = bytes(1, WHOLE);
    Path file = Files.write(folder.resolve("data"), data[0]);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, WHOLE, arena);
      MemorySegment[] out = segments(new byte[1][WHOLE], true);
      kernel.prepare(parityRows(1, 1)).apply(new MemorySegment[] {mapped}, out, WHOLE);
      assertThat(out[0].mismatch(MemorySegment.ofArray(data[0]))).isEqualTo(-1);
      out[0].fill((byte) 3);
      kernel.prepare(parityRows(1, 1)).apply(out, new MemorySegment[] {mapped}, WHOLE);
      assertThat(mapped.mismatch(out[0])).isEqualTo(-1);
    }
  }

  private static void assertRefused(
      Kernel kernel, MemorySegment[] in, MemorySegment[] out, Class<? extends Exception> with) {
    Kernel.Multiplier multiplier = kernel.prepare(parityRows(1, 1));
    assertThatThrownBy(() -> multiplier.apply(in, out, WHOLE)).isInstanceOf(with);
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
