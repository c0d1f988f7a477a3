package io.ecluster.erasure;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.ecluster.erasure.GfniCode.Shape;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Multiplication by an instruction that multiplies 64 bytes by a bit matrix of 8 times 8 at once
 * (vgf2p8affineqb, with AVX-512 and GFNI). To multiply by a constant of a field is linear in the
 * bits of the other factor, so that there is such a matrix for each constant. Java's Vector API has
 * no way to that instruction; so the loops are machine code, written by {@link GfniCode} when a
 * shape of matrix is first met, and called through the foreign function interface. They are as fast
 * at the first call as ever.
 *
 * <p>Such calls hold up all other threads when the virtual machine wants to stop them, so each is
 * given a few megabytes at most. Large matrices are done in passes: so many rows at a time, so many
 * columns added at a time. With that, there are few shapes ({@value GfniCode#MOST_COLUMNS} times
 * {@value GfniCode#MOST_ROWS} times 2, less than 4 MiB of code if all are used), and code is kept
 * for good.
 */
final class GfniKernel extends AddressKernel {
  private static final Logger LOG = LoggerFactory.getLogger(GfniKernel.class);

  /** For machines where this kernel makes trouble. */
  static final String OFF_PROPERTY = "ecluster.erasure.noMachineCode";

  private static final List<String> NEEDED_FLAGS = List.of("gfni", "avx512f");

  /** Of all shards, what a call is given: half a millisecond even where memory is slow. */
  private static final int CALL_BYTES = 4 << 20;

  /** The same where there are several passes: it stays in a second-level cache between them. */
  private static final int PASS_BYTES = 512 << 10;

  private static final int PAGE_BYTES = 4096;

  private static final ConcurrentHashMap<Shape, MemorySegment> CODE = new ConcurrentHashMap<>();

  private GfniKernel() {}

  /** This kernel, where the processor, the system and the options of the virtual machine allow. */
  static Optional<Kernel> here() {
    if (Boolean.getBoolean(OFF_PROPERTY) || !ProcessorFlags.read().containsAll(NEEDED_FLAGS)) {
      return Optional.empty();
    }
    try {
      passes(Matrix.systematic(1, 1).select(Matrix.range(1, 2)));
      return Optional.of(new GfniKernel());
    } catch (NoMachineCodeException | LinkageError e) { // the latter where there is no linker
      LOG.debug("no machine code for coding: {}", e.toString());
      return Optional.empty();
    }
  }

  @Override
  public Multiplier prepare(Matrix matrix) {
    try {
      return super.prepare(matrix);
    } catch (NoMachineCodeException e) {
      LOG.debug("this matrix is left to the portable kernel: {}", e.getMessage());
      return Kernels.PORTABLE.prepare(matrix);
    }
  }

  @Override
  int stepBytes() {
    return GfniCode.STEP_BYTES;
  }

  @Override
  int blockBytes(Matrix matrix) {
    int shards = matrix.columnCount() + matrix.rowCount();
    int bytes = isOnePass(matrix) ? CALL_BYTES : PASS_BYTES;
    return Math.max(1, bytes / shards / PAGE_BYTES) * PAGE_BYTES;
  }

  @Override
  Summer prepareSummer(Matrix matrix) {
    List<Pass> passes = passes(matrix);
    return (in, out, offset, length) -> {
      for (Pass pass : passes) {
        pass.run(in, out, offset, offset + length);
      }
    };
  }

  private static boolean isOnePass(Matrix matrix) {
    return matrix.columnCount() <= GfniCode.MOST_COLUMNS && matrix.rowCount() <= GfniCode.MOST_ROWS;
  }

  private static List<Pass> passes(Matrix matrix) {
    List<Pass> passes = new ArrayList<>();
    int rows;
    for (int row = 0; row < matrix.rowCount(); row += rows) {
      rows = share(matrix.rowCount() - row, GfniCode.MOST_ROWS);
      int columns;
      for (int column = 0; column < matrix.columnCount(); column += columns) {
        columns = share(matrix.columnCount() - column, GfniCode.MOST_COLUMNS);
        Shape shape = new Shape(columns, rows, column > 0);
        passes.add(new Pass(code(shape), bitMatrices(matrix, shape, row, column), row, column));
      }
    }
    return List.copyOf(passes);
  }

  /** Of what is left, what one pass takes, so that passes are about equal. */
  private static int share(int left, int most) {
    return Math.ceilDiv(left, Math.ceilDiv(left, most));
  }

  /**
   * One call for a part of the matrix.
   *
   * @param matrices one of 8 bytes for each coefficient, column by column
   */
  private record Pass(MemorySegment code, MemorySegment matrices, int row, int column) {
    /** Calls what {@link GfniCode} made: its address, then the parameters that are told there. */
    private static final MethodHandle CALL = callable();

    void run(long[] in, long[] out, long from, long to) {
      try {
        CALL.invokeExact(code, fromIndex(in, column), fromIndex(out, row), matrices, from, to);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) { // what invokeExact declares
        throw new IllegalStateException("machine code cannot be called", e);
      }
    }

    private static MemorySegment fromIndex(long[] addresses, int index) {
      return MemorySegment.ofArray(addresses).asSlice((long) index * Long.BYTES);
    }

    /** With addresses of arrays in the heap, which stay where they are during a critical call. */
    @SuppressWarnings("restricted")
    private static MethodHandle callable() {
      return Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG),
              Linker.Option.critical(true));
    }
  }

  private static MemorySegment bitMatrices(Matrix matrix, Shape shape, int row, int column) {
    long[] matrices = new long[shape.columns() * shape.rows()];
    for (int i = 0; i < matrices.length; i++) {
      int coefficient = matrix.at(row + i % shape.rows(), column + i / shape.rows());
      matrices[i] = bitMatrix(coefficient);
    }
    return MemorySegment.ofArray(matrices);
  }

  /**
   * The bit matrix of multiplication by {@code coefficient}: bit j of the row for bit i of products
   * says whether coefficient times 2^j has bit i. The instruction wants the row for bit 7 in the
   * lowest byte, that for bit 0 in the highest (Intel's manual, GF2P8AFFINEQB, affine_byte).
   */
  static long bitMatrix(int coefficient) {
    long bits = 0;
    for (int j = 0; j < Byte.SIZE; j++) {
      int product = Gf256.multiply(coefficient, 1 << j);
      for (int i = 0; i < Byte.SIZE; i++) {
        long bit = product >> i & 1;
        bits |= bit << (Byte.SIZE * (7 - i) + j);
      }
    }
    return bits;
  }

  private static MemorySegment code(Shape shape) {
    return CODE.computeIfAbsent(shape, wanted -> ExecutableMemory.of(GfniCode.assemble(wanted)));
  }
}
