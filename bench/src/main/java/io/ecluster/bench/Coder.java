package io.ecluster.bench;

import java.io.IOException;

/** One competitor in a codec race. Holds its buffers between laps. */
interface Coder {
  String name();

  /** Makes ready for laps of this kind; the data is that of {@link Lap#dataByte}. */
  void prepare(Lap lap) throws IOException;

  /** Runs for so long and gives the speed, in data bytes per nanosecond: GB/s. */
  double run(int millis) throws IOException;

  /** CRC-32 of what the last run computed, shard after shard. */
  long checksum() throws IOException;
}
