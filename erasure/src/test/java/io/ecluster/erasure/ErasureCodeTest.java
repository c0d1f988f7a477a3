package io.ecluster.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ErasureCodeTest {
  private static final int[] LENGTHS = {0, 1, 7, 63, 64, 65, 1000, 2047, 2048, 2049, 9999};

  private final long seed = System.nanoTime();
  private final SplittableRandom random = new SplittableRandom(seed);

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "4,2", "3,3", "10,4", "1,9", "17,3", "5,12", "200,55", "1,254"})
  void parityIsTheSumOfProducts(int dataShards, int parityShards) {
    Matrix matrix = Matrix.systematic(dataShards, parityShards);
    for (int length : LENGTHS) {
      List<MemorySegment> shards = encoded(dataShards, parityShards, length);
      for (int row = dataShards; row < shards.size(); row++) {
        int at = length == 0 ? 0 : random.nextInt(length);
        int sum = 0;
        for (int c = 0; c < dataShards && length > 0; c++) {
          sum ^= Gf256.multiply(matrix.at(row, c), byteAt(shards.get(c), at));
        }
        assertThat(length == 0 ? 0 : byteAt(shards.get(row), at))
            .as("seed %d", seed)
            .isEqualTo(sum);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2,1", "4,2", "3,3"})
  void everyLossPatternDecodes(int dataShards, int parityShards) {
    for (int length : LENGTHS) {
      List<MemorySegment> shards = encoded(dataShards, parityShards, length);
      int patterns = 1 << shards.size();
      for (int pattern = 1; pattern < patterns; pattern++) {
        if (Integer.bitCount(pattern) <= parityShards) {
          assertDecodes(dataShards, parityShards, shards, BitSet.valueOf(new long[] {pattern}));
        }
      }
    }
  }

  @Test
  void randomLossesOfTenAndFourDecode() {
    List<MemorySegment> shards = encoded(10, 4, 3001);
    for (int round = 0; round < 1000; round++) {
      BitSet lost = new BitSet();
      random.ints(0, 14).distinct().limit(1 + random.nextInt(4)).forEach(lost::set);
      assertDecodes(10, 4, shards, lost);
    }
  }

  @Test
  void presentShardsAreLeftAlone() {
    List<MemorySegment> shards = encoded(4, 2, 100);
    List<MemorySegment> copies = copies(shards);
    BitSet lost = new BitSet();
    lost.set(0);
    erase(copies, lost);
    BitSet present = new BitSet();
    present.set(1, 6);
    ErasureCodes.of(4, 2).reconstruct(copies, present, lost);
    assertSame(shards, copies);
  }

  @Test
  void wrongKernelIsNoticedAndItsWorkDoneAgain() {
    Kernel wrong = _ -> (_, out, _) -> List.of(out).forEach(shard -> shard.fill((byte) 1));
    List<MemorySegment> expected = encoded(4, 2, 5000);
    List<MemorySegment> parity = shards(2, 5000);
    new ReedSolomon(4, 2, () -> wrong).encode(expected.subList(0, 4), parity);
    assertSame(expected.subList(4, 6), parity);
  }

  @Test
  void nothingWantedIsNothingDone() {
    List<MemorySegment> shards = encoded(2, 1, 10);
    BitSet present = new BitSet();
    present.set(0, 3);
    ErasureCodes.of(2, 1).reconstruct(shards, present, new BitSet());
  }

  @ParameterizedTest
  @CsvSource({"0,1", "-1,2", "1,0", "4,-2", "250,6", "255,1", "2147483647,2147483647"})
  void impossibleCodesAreRefused(int dataShards, int parityShards) {
    assertThatThrownBy(() -> ErasureCodes.of(dataShards, parityShards))
        .isInstanceOf(InvalidParametersException.class)
        .hasMessageContaining("shards");
  }

  @Test
  void wrongCountsLengthsAndPatternsAreRefused() {
    ErasureCode code = ErasureCodes.of(2, 1);
    List<MemorySegment> two = List.of(shard(8), shard(8));
    assertThatThrownBy(() -> code.encode(two, two)).hasMessageContaining("1 expected");
    assertThatThrownBy(() -> code.encode(two, List.of(shard(9))))
        .hasMessageContaining("8 and 9 bytes");
    List<MemorySegment> three = List.of(shard(8), shard(8), shard(8));
    assertThatThrownBy(() -> code.reconstruct(three, bits(0), bits(1)))
        .hasMessageContaining("2 are needed");
    assertThatThrownBy(() -> code.reconstruct(three, bits(0, 1), bits(1)))
        .hasMessageContaining("wanted shard is present");
    assertThatThrownBy(() -> code.reconstruct(three, bits(0, 1), bits(3)))
        .hasMessageContaining("only 3");
  }

  private void assertDecodes(
      int dataShards, int parityShards, List<MemorySegment> shards, BitSet lost) {
    List<MemorySegment> copies = copies(shards);
    erase(copies, lost);
    BitSet present = new BitSet();
    present.set(0, shards.size());
    present.andNot(lost);
    ErasureCodes.of(dataShards, parityShards).reconstruct(copies, present, lost);
    assertSame(shards, copies);
  }

  private List<MemorySegment> encoded(int dataShards, int parityShards, int length) {
    List<MemorySegment> data = shards(dataShards, length);
    List<MemorySegment> parity = shards(parityShards, length);
    ErasureCodes.of(dataShards, parityShards).encode(data, parity);
    List<MemorySegment> all = new ArrayList<>(data);
    all.addAll(parity);
    return all;
  }

  private List<MemorySegment> shards(int count, int length) {
    return IntStream.range(0, count).mapToObj(_ -> shard(length)).toList();
  }

  private MemorySegment shard(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  private static List<MemorySegment> copies(List<MemorySegment> shards) {
    return shards.stream()
        .map(shard -> Arena.ofAuto().allocate(shard.byteSize()).copyFrom(shard))
        .toList();
  }

  private static void erase(List<MemorySegment> shards, BitSet lost) {
    lost.stream().forEach(i -> shards.get(i).fill((byte) 0xA5));
  }

  private void assertSame(List<MemorySegment> expected, List<MemorySegment> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertThat(expected.get(i).mismatch(actual.get(i)))
          .as("shard %d, seed %d", i, seed)
          .isEqualTo(-1);
    }
  }

  private static int byteAt(MemorySegment segment, long at) {
    return segment.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
  }

  private static BitSet bits(int... indexes) {
    BitSet bits = new BitSet();
    IntStream.of(indexes).forEach(bits::set);
    return bits;
  }
}
