package io.ecluster.erasure;

import java.util.concurrent.ConcurrentHashMap;

/** Where codes come from. */
public final class ErasureCodes {
  /** One byte numbers a shard, and the count of them is kept in one byte as well. */
  public static final int MAX_SHARDS = 255;

  /** Codes kept with their tables; a cluster uses a handful. */
  private static final int MAX_CACHED = 64;

  private static final ConcurrentHashMap<Integer, ErasureCode> CODES = new ConcurrentHashMap<>();

  private ErasureCodes() {}

  /**
   * The Reed-Solomon code of d data and p parity shards, on the fastest kernel that works here.
   *
   * @throws InvalidParametersException unless d is at least 1, p at least 1 and d+p at most 255
   */
  public static ErasureCode of(int dataShards, int parityShards) {
    requireValid(dataShards, parityShards);
    warmUp();
    if (CODES.size() >= MAX_CACHED) {
      CODES.clear();
    }
    return CODES.computeIfAbsent(
        dataShards << Byte.SIZE | parityShards,
        key -> new ReedSolomon(dataShards, parityShards, Kernels::current));
  }

  /** The same code on the portable kernel, whatever the machine can do: for tests and benches. */
  public static ErasureCode portable(int dataShards, int parityShards) {
    requireValid(dataShards, parityShards);
    return new ReedSolomon(dataShards, parityShards, () -> Kernels.PORTABLE);
  }

  /**
   * Starts to look for the fastest kernel, in the background. The first code that is asked for does
   * so as well; a daemon may want to do it earlier.
   */
  public static void warmUp() {
    Kernels.startRace();
  }

  /** The name of the kernel that codes use just now. */
  public static String kernelInUse() {
    return Kernels.current().getClass().getSimpleName();
  }

  static void requireValid(int dataShards, int parityShards) {
    if (dataShards < 1) {
      throw new InvalidParametersException("data shards: " + dataShards + "; at least 1 is needed");
    }
    if (parityShards < 1) {
      throw new InvalidParametersException(
          "parity shards: " + parityShards + "; at least 1 is needed");
    }
    if ((long) dataShards + parityShards > MAX_SHARDS) {
      throw new InvalidParametersException(
          "%d data and %d parity shards; together they may be at most %d"
              .formatted(dataShards, parityShards, MAX_SHARDS));
    }
  }
}
