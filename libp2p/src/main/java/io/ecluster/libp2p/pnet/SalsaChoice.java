package io.ecluster.libp2p.pnet;

import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Finds out whether the vector implementation is the faster one. Compiled it is several times as
 * fast as the scalar one, but until then, and on machines without such vectors, it is far slower:
 * so it is exercised on a thread of its own, and taken into use once it has won a few times.
 */
final class SalsaChoice {
  private static final int WINS_NEEDED = 3;
  private static final int ROUND_BYTES = 16 * 1024;

  /** If vectors have not won by then they never will. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** Before that much has been enciphered the exercise would cost more than it brings. */
  private static final long WORTHWHILE_BYTES = 32L * 1024 * 1024;

  private static final AtomicLong enciphered = new AtomicLong();
  private static final AtomicBoolean begun = new AtomicBoolean();
  private static volatile boolean vectorsWon;

  private SalsaChoice() {}

  /** Whether to use vectors for this many bytes. */
  static boolean vectors(int bytes) {
    if (!begun.get()
        && enciphered.addAndGet(bytes) > WORTHWHILE_BYTES
        && begun.compareAndSet(false, true)
        && possible()) {
      Thread contest = new Thread(SalsaChoice::contest, "salsa20-choice");
      contest.setDaemon(true);
      contest.start();
    }
    return vectorsWon;
  }

  static boolean possible() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  }

  private static void contest() {
    Salsa20 scalar = new ScalarSalsa20();
    Salsa20 vector = new VectorSalsa20();
    long start = System.nanoTime();
    for (int wins = 0; wins < WINS_NEEDED; ) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        return;
      }
      wins = nanos(vector) < nanos(scalar) ? wins + 1 : 0;
    }
    vectorsWon = true;
  }

  private static long nanos(Salsa20 salsa) {
    byte[] bytes = new byte[ROUND_BYTES];
    int[] state = new int[16];
    long start = System.nanoTime();
    for (int at = 0; at < bytes.length; at += salsa.batchBytes()) {
      salsa.xorBatch(state, bytes, at);
    }
    return System.nanoTime() - start;
  }
}
