package io.ecluster.bench;

import io.ecluster.erasure.ErasureCode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiFunction;
import java.util.zip.CRC32;

/** Our codec, on off-heap memory as it is used. */
final class JavaCoder implements Coder {
  /** Shards begin this far apart modulo a page. */
  private static final int SKEW_BYTES = 256;

  private static final int PAGE_BYTES = 4096;

  private final String name;
  private final BiFunction<Integer, Integer, ErasureCode> codes;
  private List<MemorySegment> shards = List.of();
  private List<MemorySegment> results = List.of();
  private Runnable work = () -> {};
  private long bytes;

  JavaCoder(String name, BiFunction<Integer, Integer, ErasureCode> codes) {
    this.name = name;
    this.codes = codes;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void prepare(Lap lap) {
    ErasureCode code = codes.apply(lap.dataShards(), lap.parityShards());
    shards = shards(lap);
    bytes = lap.dataBytes();
    List<MemorySegment> data = shards.subList(0, lap.dataShards());
    List<MemorySegment> parity = shards.subList(lap.dataShards(), shards.size());
    code.encode(data, parity);
    BitSet wanted = new BitSet();
    wanted.set(0, lap.lost());
    BitSet present = new BitSet();
    present.set(lap.lost(), shards.size());
    results = lap.lost() == 0 ? parity : shards.subList(0, lap.lost());
    work =
        lap.lost() == 0
            ? () -> code.encode(data, parity)
            : () -> code.reconstruct(shards, present, wanted);
    results.forEach(shard -> shard.fill((byte) 0));
  }

  @Override
  public double run(int millis) {
    return Stopwatch.gigabytesPerSecond(work, bytes, millis);
  }

  @Override
  public long checksum() {
    CRC32 crc = new CRC32();
    results.forEach(shard -> crc.update(shard.toArray(ValueLayout.JAVA_BYTE)));
    return crc.getValue();
  }

  private static List<MemorySegment> shards(Lap lap) {
    int count = lap.dataShards() + lap.parityShards();
    long stride = Math.ceilDiv(lap.bytes(), PAGE_BYTES) * (long) PAGE_BYTES + SKEW_BYTES;
    MemorySegment memory = Arena.ofAuto().allocate(count * stride, 64);
    List<MemorySegment> shards = new ArrayList<>(count);
    for (int shard = 0; shard < count; shard++) {
      MemorySegment segment = memory.asSlice(shard * stride, lap.bytes());
      for (int at = 0; at < lap.bytes() && shard < lap.dataShards(); at++) {
        segment.set(ValueLayout.JAVA_BYTE, at, Lap.dataByte(shard, at));
      }
      shards.add(segment);
    }
    return shards;
  }
}
