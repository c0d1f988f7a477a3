package io.ecluster.erasure;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which kernel is used. Vector kernels run thousands of times slower until they are compiled, and
 * on some processors they stay slow. So work begins on the portable kernel, a background thread
 * lets others race against it, and the first that gives the same bytes faster takes over. Machine
 * code needs no compiling: it races first, and where it can be used it wins with its first laps.
 */
final class Kernels {
  static final Kernel PORTABLE = new PortableKernel();

  private static final Logger LOG = LoggerFactory.getLogger(Kernels.class);

  /** A kernel that needs longer than this to become fast is one that never does. */
  private static final long RACE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Won laps in a row that are no accident. */
  private static final int LAPS_TO_WIN = 3;

  /** Fast enough a win to be worth another code path. */
  private static final double WIN_FACTOR = 1.3;

  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final AtomicBoolean STARTED = new AtomicBoolean();
  private static volatile Kernel current = PORTABLE;

  private Kernels() {}

  /** The fastest kernel so far. */
  static Kernel current() {
    return current;
  }

  /** Goes back to the portable kernel for good. */
  static void distrust(Kernel wrong) {
    LOG.error(
        "{} computed wrong parity; it was computed again, and the portable kernel is used from now",
        wrong.getClass().getSimpleName());
    current = PORTABLE;
  }

  /** Starts the race in the background, the first time that it is called. */
  static void startRace() {
    if (STARTED.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("erasure-warm-up").start(Kernels::race);
    }
  }

  /** Whether the JVM was started with the vector module. */
  static boolean hasVectors() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  /** The kernels that this machine may be good at, best first. */
  static List<Kernel> candidates() {
    List<Kernel> candidates = new ArrayList<>();
    if (mayUseAddresses()) {
      GfniKernel.here().ifPresent(candidates::add);
    }
    if (hasVectors()) {
      if (VectorWidths.preferred() >= VectorWidths.BITS_OF_PERMUTE) {
        candidates.add(new PermuteKernel());
      }
      candidates.add(new NibbleKernel());
    }
    return List.copyOf(candidates);
  }

  /** Whether the JVM was started with the option that lets us use memory by its address. */
  private static boolean mayUseAddresses() {
    return Kernels.class.getModule().isNativeAccessEnabled();
  }

  private static void race() {
    for (Kernel candidate : candidates()) {
      if (new Race(candidate).isWon()) {
        current = candidate;
        LOG.debug("coding with {}", candidate.getClass().getSimpleName());
        return;
      }
    }
    LOG.debug("coding with the portable kernel: no other is faster here");
  }

  /** Laps of both kernels over the same data, with all shapes of loops. */
  private static final class Race {
    private static final int DATA_SHARDS = 7;
    private static final int PARITY_SHARDS = 7;
    private static final int SHARD_BYTES = 16 * 1024;

    private final String name;
    private final Kernel.Multiplier candidate;
    private final Kernel.Multiplier portable;
    private final MemorySegment[] data;
    private final MemorySegment[] found;
    private final MemorySegment[] expected;

    Race(Kernel kernel) {
      Matrix rows =
          Matrix.systematic(DATA_SHARDS, PARITY_SHARDS)
              .select(Matrix.range(DATA_SHARDS, DATA_SHARDS + PARITY_SHARDS));
      this.name = kernel.getClass().getSimpleName();
      this.candidate = kernel.prepare(rows);
      this.portable = PORTABLE.prepare(rows);
      this.data = shards(DATA_SHARDS);
      this.found = shards(PARITY_SHARDS);
      this.expected = shards(PARITY_SHARDS);
    }

    boolean isWon() {
      long end = System.nanoTime() + RACE_NANOS;
      for (int won = 0; System.nanoTime() < end; ) {
        long slow = lap(portable, expected);
        long fast = lap(candidate, found);
        if (!sameBytes()) {
          LOG.warn("{} gives wrong bytes on this machine", name);
          return false;
        }
        won = fast * WIN_FACTOR < slow ? won + 1 : 0;
        if (won == LAPS_TO_WIN) {
          return true;
        }
      }
      return false;
    }

    private long lap(Kernel.Multiplier kernel, MemorySegment[] parity) {
      long start = System.nanoTime();
      kernel.apply(data, parity, SHARD_BYTES);
      return System.nanoTime() - start;
    }

    private boolean sameBytes() {
      for (int i = 0; i < found.length; i++) {
        if (found[i].mismatch(expected[i]) != -1) {
          return false;
        }
      }
      return true;
    }

    private static MemorySegment[] shards(int count) {
      SplittableRandom random = new SplittableRandom(count);
      MemorySegment[] shards = new MemorySegment[count];
      for (int i = 0; i < count; i++) {
        byte[] bytes = new byte[SHARD_BYTES];
        random.nextBytes(bytes);
        shards[i] = Arena.ofAuto().allocate(SHARD_BYTES, 64).copyFrom(MemorySegment.ofArray(bytes));
      }
      return shards;
    }
  }
}
