package io.ecluster.bench;

/**
 * What is measured.
 *
 * @param lost data shards to reconstruct, the first ones; 0 to encode
 * @param bytes length of a shard
 */
record Lap(int dataShards, int parityShards, int lost, int bytes) {
  long dataBytes() {
    return (long) dataShards * bytes;
  }

  String what() {
    return lost == 0 ? "encode" : lost + " lost";
  }

  /** The same in all competitors, so that checksums can be compared. */
  static byte dataByte(int shard, int at) {
    return (byte) (at * 31 + shard * 17 + (at >> 8) * 7);
  }

  @Override
  public String toString() {
    String size = bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
    return "%d+%d %s, %s".formatted(dataShards, parityShards, size, what());
  }
}
