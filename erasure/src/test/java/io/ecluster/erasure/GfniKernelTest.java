package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Machine code against the portable kernel, with guards around all that it may touch. */
final class GfniKernelTest {
  /** So many columns are done in one pass or two. */
  private static final int MOST_COLUMNS = 70;

  private static final int GUARD_BYTES = 256;
  private static final int LINE_BYTES = 64;

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);
  private Kernel kernel = Kernels.PORTABLE;

  @BeforeEach
  void needsTheInstructions() {
    Optional<Kernel> here = GfniKernel.here();
    assumeTrue(here.isPresent(), "no Linux on x86-64 with GFNI and AVX-512");
    kernel = here.get();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17})
  void allNumbersOfColumnsGiveTheSameBytesAsThePortableKernel(int rows) {
    for (int columns = 1; columns <= MOST_COLUMNS; columns++) {
      Matrix matrix = parityRows(columns, rows);
      assertSame(matrix, random.nextInt(2 * GfniCode.STEP_BYTES));
      assertSame(matrix, GfniCode.STEP_BYTES * (1 + random.nextInt(5)));
      assertSame(matrix, random.nextInt(5000));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,254", "254,1", "200,55", "55,200", "128,127", "250,5"})
  void largestMatricesGiveTheSameBytesAsThePortableKernel(int columns, int rows) {
    Matrix matrix = parityRows(columns, rows);
    for (int length : new int[] {1, 128, 4095, 4096, 4097, random.nextInt(20_000)}) {
      assertSame(matrix, length);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "4,2", "10,4", "16,4", "33,9"})
  void lengthsAroundBlocksGiveTheSameBytesAsThePortableKernel(int columns, int rows) {
    Matrix matrix = parityRows(columns, rows);
    int block = ((AddressKernel) kernel).blockBytes(matrix);
    for (int length : new int[] {block - 1, block, block + 1, block + 128, 2 * block + 77}) {
      assertSame(matrix, length);
    }
  }

  @Test
  void bitMatricesMultiplyByEveryCoefficient() {
    for (int coefficient = 0; coefficient < Gf256.ORDER; coefficient++) {
      long matrix = GfniKernel.bitMatrix(coefficient);
      for (int value = 0; value < Gf256.ORDER; value++) {
        assertThat(affineByte(matrix, value)).isEqualTo(Gf256.multiply(coefficient, value));
      }
    }
  }

  @Test
  void threadsDoNotDisturbEachOther() throws ExecutionException, InterruptedException {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> all = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        SplittableRandom own = random.split();
        all.add(threads.submit(() -> assertManySame(own)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  @Test
  void whatIsEncodedIsReconstructed() {
    ErasureCode code = new ReedSolomon(10, 4, () -> kernel);
    try (Arena arena = Arena.ofConfined()) {
      List<MemorySegment> shards = ShardBuffers.allocate(arena, 14, 10_000).slices(0, 14, 10_000);
      shards.subList(0, 10).forEach(shard -> fill(shard, random));
      code.encode(shards.subList(0, 10), shards.subList(10, 14));
      List<byte[]> expected = shards.stream().map(GfniKernelTest::bytes).toList();
      BitSet lost = new BitSet();
      random.ints(0, 14).distinct().limit(4).forEach(lost::set);
      lost.stream().forEach(i -> shards.get(i).fill((byte) 1));
      BitSet present = new BitSet();
      present.set(0, 14);
      present.andNot(lost);
      code.reconstruct(shards, present, lost);
      assertThat(shards.stream().map(GfniKernelTest::bytes).toList())
          .as("seed %d", seed)
          .containsExactlyElementsOf(expected);
    }
  }

  @Test
  void canBeSwitchedOff() {
    System.setProperty(GfniKernel.OFF_PROPERTY, "true");
    try {
      assertThat(GfniKernel.here()).isEmpty();
    } finally {
      System.clearProperty(GfniKernel.OFF_PROPERTY);
    }
  }

  @Test
  void racesFirst() {
    assertThat(Kernels.candidates().getFirst()).isInstanceOf(GfniKernel.class);
  }

  private void assertManySame(SplittableRandom own) {
    for (int round = 0; round < 200; round++) {
      Matrix matrix = parityRows(1 + own.nextInt(20), 1 + own.nextInt(8));
      assertSame(matrix, own.nextInt(3000), own);
    }
  }

  private void assertSame(Matrix matrix, int length) {
    assertSame(matrix, length, random);
  }

  private void assertSame(Matrix matrix, int length, SplittableRandom own) {
    String what =
        "%d columns, %d rows, %d bytes, seed %d"
            .formatted(matrix.columnCount(), matrix.rowCount(), length, seed);
    try (Arena arena = Arena.ofConfined()) {
      Guarded in = new Guarded(arena, matrix.columnCount(), length, own);
      Guarded out = new Guarded(arena, matrix.rowCount(), length, own);
      byte[] untouched = bytes(in.memory);
      MemorySegment expected = arena.allocate(out.memory.byteSize()).copyFrom(out.memory);
      Kernels.PORTABLE.prepare(matrix).apply(in.shards(), out.shardsIn(expected), length);
      kernel.prepare(matrix).apply(in.shards(), out.shards(), length);
      assertThat(out.memory.mismatch(expected)).as("outputs and guards: %s", what).isEqualTo(-1);
      assertThat(in.memory.mismatch(MemorySegment.ofArray(untouched))).as(what).isEqualTo(-1);
    }
  }

  private static Matrix parityRows(int dataShards, int parityShards) {
    return Matrix.systematic(dataShards, parityShards)
        .select(Matrix.range(dataShards, dataShards + parityShards));
  }

  /** The pseudo-code of the manual: bit i of the result is the parity of byte 7 - i and x. */
  private static int affineByte(long matrix, int x) {
    return IntStream.range(0, Byte.SIZE)
        .map(i -> (Long.bitCount((matrix >>> (Byte.SIZE * (7 - i))) & x) & 1) << i)
        .sum();
  }

  private static byte[] bytes(MemorySegment segment) {
    return segment.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }

  private static void fill(MemorySegment segment, SplittableRandom random) {
    byte[] bytes = new byte[(int) segment.byteSize()];
    random.nextBytes(bytes);
    segment.copyFrom(MemorySegment.ofArray(bytes));
  }

  /** Shards that begin anywhere, in one piece of memory with random bytes between them. */
  private static final class Guarded {
    private final MemorySegment memory;
    private final long[] starts;
    private final int length;

    Guarded(Arena arena, int count, int length, SplittableRandom random) {
      this.starts = new long[count];
      this.length = length;
      long end = 0;
      for (int i = 0; i < count; i++) {
        starts[i] = end + GUARD_BYTES + random.nextInt(LINE_BYTES);
        end = starts[i] + length;
      }
      this.memory = arena.allocate(end + GUARD_BYTES, LINE_BYTES);
      fill(memory, random);
    }

    MemorySegment[] shards() {
      return shardsIn(memory);
    }

    MemorySegment[] shardsIn(MemorySegment other) {
      return java.util.Arrays.stream(starts)
          .mapToObj(start -> other.asSlice(start, length))
          .toArray(MemorySegment[]::new);
    }
  }
}
