package io.ecluster.erasure;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Reed-Solomon code of {@link Matrix#systematic}, on whichever kernel is best just now. Wrong
 * parity would go unnoticed until it is needed, and compilers have bugs: so some bytes of what a
 * vector kernel encodes are computed again. What is reconstructed, callers check by its hash.
 */
final class ReedSolomon implements ErasureCode {
  private final int dataShards;
  private final int parityShards;
  private final Matrix matrix;
  private final Matrix parityRows;
  private final Supplier<Kernel> kernels;
  private final ParitySamples samples;
  private volatile @Nullable Encoder encoder;
  private volatile @Nullable Decoder decoder;

  ReedSolomon(int dataShards, int parityShards, Supplier<Kernel> kernels) {
    this.dataShards = dataShards;
    this.parityShards = parityShards;
    this.matrix = Matrix.systematic(dataShards, parityShards);
    this.parityRows = matrix.select(Matrix.range(dataShards, dataShards + parityShards));
    this.kernels = kernels;
    this.samples = new ParitySamples(parityRows);
  }

  /** Encoding tables and the kernel they are for. */
  private record Encoder(Kernel kernel, Kernel.Multiplier multiplier) {}

  /** The tables of the last loss pattern: the next stripe mostly has the same. */
  private record Decoder(
      Kernel kernel, BitSet inputs, BitSet wanted, Kernel.Multiplier multiplier) {}

  @Override
  public int dataShards() {
    return dataShards;
  }

  @Override
  public int parityShards() {
    return parityShards;
  }

  @Override
  public void encode(List<MemorySegment> data, List<MemorySegment> parity) {
    requireCount("data", data, dataShards);
    requireCount("parity", parity, parityShards);
    long length = data.getFirst().byteSize();
    requireLength(data, length);
    requireLength(parity, length);
    Kernel kernel = kernels.get();
    encoder(kernel).apply(toArray(data), toArray(parity), length);
    if (!kernel.isPlain() && !samples.areRight(data, parity)) {
      Kernels.distrust(kernel);
      encoder(Kernels.PORTABLE).apply(toArray(data), toArray(parity), length);
    }
  }

  @Override
  public void reconstruct(List<MemorySegment> shards, BitSet present, BitSet wanted) {
    requireCount("data and parity", shards, totalShards());
    requireLength(shards, shards.getFirst().byteSize());
    requirePattern(present, wanted);
    if (wanted.isEmpty()) {
      return;
    }
    BitSet inputs = firstDataShards(present);
    decoder(kernels.get(), inputs, wanted)
        .apply(pick(shards, inputs), pick(shards, wanted), shards.getFirst().byteSize());
  }

  private Kernel.Multiplier encoder(Kernel kernel) {
    Encoder known = encoder;
    if (known == null || !known.kernel.equals(kernel)) {
      known = new Encoder(kernel, kernel.prepare(parityRows));
      encoder = known;
    }
    return known.multiplier;
  }

  private Kernel.Multiplier decoder(Kernel kernel, BitSet inputs, BitSet wanted) {
    Decoder known = decoder;
    if (known == null
        || !known.kernel.equals(kernel)
        || !known.inputs.equals(inputs)
        || !known.wanted.equals(wanted)) {
      Matrix fromInputs = matrix.select(inputs.stream().toArray()).inverse();
      Matrix rows = matrix.select(wanted.stream().toArray()).times(fromInputs);
      known = new Decoder(kernel, inputs, (BitSet) wanted.clone(), kernel.prepare(rows));
      decoder = known;
    }
    return known.multiplier;
  }

  private BitSet firstDataShards(BitSet present) {
    BitSet inputs = new BitSet(totalShards());
    int column = present.nextSetBit(0);
    for (int i = 0; i < dataShards; i++) {
      inputs.set(column);
      column = present.nextSetBit(column + 1);
    }
    return inputs;
  }

  private void requirePattern(BitSet present, BitSet wanted) {
    if (present.cardinality() < dataShards) {
      throw new IllegalArgumentException(
          present.cardinality() + " shards are present, " + dataShards + " are needed");
    }
    if (present.length() > totalShards() || wanted.length() > totalShards()) {
      throw new IllegalArgumentException("there are only " + totalShards() + " shards");
    }
    if (present.intersects(wanted)) {
      throw new IllegalArgumentException("a wanted shard is present");
    }
  }

  private static void requireCount(String what, List<MemorySegment> segments, int count) {
    if (segments.size() != count) {
      throw new IllegalArgumentException(
          segments.size() + " " + what + " shards given, " + count + " expected");
    }
  }

  private static void requireLength(List<MemorySegment> segments, long length) {
    for (MemorySegment segment : segments) {
      if (segment.byteSize() != length) {
        throw new IllegalArgumentException(
            "shards of " + length + " and " + segment.byteSize() + " bytes");
      }
    }
  }

  private static MemorySegment[] toArray(List<MemorySegment> segments) {
    return segments.toArray(MemorySegment[]::new);
  }

  private static MemorySegment[] pick(List<MemorySegment> shards, BitSet chosen) {
    MemorySegment[] picked = new MemorySegment[chosen.cardinality()];
    int column = chosen.nextSetBit(0);
    for (int i = 0; i < picked.length; i++) {
      picked[i] = shards.get(column);
      column = chosen.nextSetBit(column + 1);
    }
    return picked;
  }
}
