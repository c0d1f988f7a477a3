package io.ecluster.erasure;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Checks parity at a few positions, others each time, by plain arithmetic. */
final class ParitySamples {
  /** Costs about a microsecond a stripe; over a file the samples are many. */
  private static final int POSITIONS = 8;

  /** The golden ratio's fraction: its multiples are spread evenly and never repeat. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private final Matrix parityRows;
  private final AtomicLong next = new AtomicLong();

  ParitySamples(Matrix parityRows) {
    this.parityRows = parityRows;
  }

  boolean areRight(List<MemorySegment> data, List<MemorySegment> parity) {
    long length = data.getFirst().byteSize();
    for (int i = 0; i < POSITIONS && length > 0; i++) {
      long position = Long.remainderUnsigned(next.getAndAdd(STEP), length);
      if (!isRight(data, parity, position)) {
        return false;
      }
    }
    return true;
  }

  private boolean isRight(List<MemorySegment> data, List<MemorySegment> parity, long position) {
    for (int row = 0; row < parity.size(); row++) {
      int sum = byteAt(parity.get(row), position);
      for (int column = 0; column < data.size(); column++) {
        sum ^= Gf256.multiply(parityRows.at(row, column), byteAt(data.get(column), position));
      }
      if (sum != 0) {
        return false;
      }
    }
    return true;
  }

  private static int byteAt(MemorySegment segment, long position) {
    return segment.get(ValueLayout.JAVA_BYTE, position) & 0xFF;
  }
}
