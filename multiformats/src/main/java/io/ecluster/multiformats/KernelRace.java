package io.ecluster.multiformats;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds out in the background whether hashing in lanes pays on this machine: vector code is
 * thousands of times slower until it is compiled, and on many processors it stays slower than the
 * JDK's own SHA-256. Until it has won, and where it never does, there is no winner.
 */
final class KernelRace {
  /** What needs longer than this to become fast never does. */
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Won laps in a row that are no accident. */
  private static final int LAPS_TO_WIN = 5;

  /** What a win must be worth, the check of one lane in sixteen included. */
  private static final double WIN_FACTOR = 1.25;

  /**
   * Before that many batches (a gigabyte in usual blocks) the race costs more than it can bring:
   * half a second of processor time against a quarter of a nanosecond a byte.
   */
  private static final int WORTHWHILE_BATCHES = 256;

  private static final int MESSAGE_BYTES = 16 * 1024;
  private static final String VECTOR_MODULE = "jdk.incubator.vector";
  private static final AtomicInteger ASKED = new AtomicInteger();
  private static volatile Optional<BatchSha256.Kernel> winner = Optional.empty();

  private KernelRace() {}

  /** The kernel that has won, if one has; asked for each batch. Starts the race in good time. */
  static Optional<BatchSha256.Kernel> winner() {
    if (ASKED.get() < WORTHWHILE_BATCHES
        && ASKED.incrementAndGet() == WORTHWHILE_BATCHES
        && hasVectors()) {
      Thread.ofPlatform().daemon().name("hash-warm-up").start(KernelRace::race);
    }
    return winner;
  }

  /** Whether the JVM was started with the vector module. */
  private static boolean hasVectors() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  private static void race() {
    if (Sha256Lanes.fits()) {
      BatchSha256.Kernel kernel = new Sha256Lanes();
      if (wins(kernel)) {
        winner = Optional.of(kernel);
      }
    }
  }

  private static boolean wins(BatchSha256.Kernel kernel) {
    byte[][] messages = messages();
    long end = System.nanoTime() + LIMIT_NANOS;
    for (int won = 0; System.nanoTime() < end; ) {
      long start = System.nanoTime();
      byte[][] found = kernel.hash(messages, MESSAGE_BYTES);
      long middle = System.nanoTime();
      byte[][] expected = oneByOne(messages);
      long fast = middle - start;
      long slow = System.nanoTime() - middle;
      if (!Arrays.deepEquals(found, expected)) {
        return false;
      }
      won = fast * WIN_FACTOR < slow ? won + 1 : 0;
      if (won == LAPS_TO_WIN) {
        return true;
      }
    }
    return false;
  }

  private static byte[][] oneByOne(byte[][] messages) {
    return Arrays.stream(messages)
        .map(message -> HashFunction.SHA2_256.hash(message).digest())
        .toArray(byte[][]::new);
  }

  private static byte[][] messages() {
    SplittableRandom random = new SplittableRandom(1);
    byte[][] messages = new byte[BatchSha256.LANES][MESSAGE_BYTES];
    for (byte[] message : messages) {
      random.nextBytes(message);
    }
    return messages;
  }
}
