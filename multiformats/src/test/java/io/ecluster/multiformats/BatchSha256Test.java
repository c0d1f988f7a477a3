package io.ecluster.multiformats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchSha256Test {
  static LongStream seeds() {
    return Vectors.seeds();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void lanesGiveTheHashesOfTheJdk(long seed) {
    Random random = new Random(seed);
    for (int length : new int[] {0, 1, 55, 56, 63, 64, 65, 119, 120, random.nextInt(3000)}) {
      byte[][] messages = new byte[BatchSha256.LANES][];
      Arrays.setAll(messages, i -> Vectors.bytes(random, length));
      byte[][] digests = new Sha256Lanes().hash(messages, length);
      for (int lane = 0; lane < messages.length; lane++) {
        assertThat(digests[lane]).isEqualTo(HashFunction.SHA2_256.hash(messages[lane]).digest());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void hashesAnyMixOfLengthsInOrder(long seed) {
    Random random = new Random(seed);
    List<byte[]> messages = new ArrayList<>();
    int[] lengths = {2048, 2048, 2048, 1500, 1024, 1023, 100, 0};
    for (int i = random.nextInt(80); i > 0; i--) {
      messages.add(Vectors.bytes(random, lengths[random.nextInt(lengths.length)]));
    }
    BatchSha256 batch = new BatchSha256(() -> Optional.of(new Sha256Lanes()));
    List<Multihash> expected = messages.stream().map(HashFunction.SHA2_256::hash).toList();
    assertThat(batch.hash(messages)).isEqualTo(expected);
    assertThat(HashFunction.SHA2_256.hashAll(messages)).isEqualTo(expected);
    assertThat(HashFunction.SHA2_512.hashAll(messages))
        .isEqualTo(messages.stream().map(HashFunction.SHA2_512::hash).toList());
  }

  @Test
  void asksTheKernelOnlyForFullLanesOfLongMessages() {
    AtomicInteger asked = new AtomicInteger();
    BatchSha256 batch =
        new BatchSha256(() ->
            Optional.of((messages, length) -> {
              asked.incrementAndGet();
              return new Sha256Lanes().hash(messages, length);
            }));
    assertThat(batch.hash(equal(16, 1023))).hasSize(16);
    assertThat(batch.hash(equal(10, 1024))).hasSize(10);
    assertThat(asked).hasValue(0);
    assertThat(batch.hash(equal(11 + 16, 1024))).hasSize(27);
    assertThat(asked).hasValue(2);
  }

  private static List<byte[]> equal(int count, int length) {
    Random random = new Random(count);
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      messages.add(Vectors.bytes(random, length));
    }
    return messages;
  }

  @Test
  void neverAsksAKernelAgainThatWasWrong() {
    AtomicInteger asked = new AtomicInteger();
    BatchSha256 batch =
        new BatchSha256(() ->
            Optional.of((messages, length) -> {
              asked.incrementAndGet();
              return new byte[BatchSha256.LANES][32];
            }));
    List<byte[]> messages = equal(48, 5000);
    List<Multihash> expected = messages.stream().map(HashFunction.SHA2_256::hash).toList();
    assertThat(batch.hash(messages)).isEqualTo(expected);
    assertThat(batch.hash(messages)).isEqualTo(expected);
    assertThat(asked).hasValue(1);
  }

  @Test
  void findsAWrongLaneWhicheverItIs() {
    for (int wrong = 0; wrong < BatchSha256.LANES; wrong++) {
      int lane = wrong;
      AtomicInteger asked = new AtomicInteger();
      BatchSha256 batch =
          new BatchSha256(() ->
              Optional.of((messages, length) -> {
                asked.incrementAndGet();
                byte[][] digests = new Sha256Lanes().hash(messages, length);
                digests[lane][0]++;
                return digests;
              }));
      for (int i = 0; i < 20; i++) {
        assertThat(batch.hash(equal(16, 1024))).hasSize(16);
      }
      assertThat(asked).hasValue(lane + 1);
    }
  }
}
