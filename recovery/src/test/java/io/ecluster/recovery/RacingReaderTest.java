package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.erasure.CodedBlock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

class RacingReaderTest {
  private static final CodedBlock BLOCK = new CodedBlock(TestCids.cid("a block").hash(), 0x55, 1);

  private final List<Integer> asked = Collections.synchronizedList(new ArrayList<>());
  private final Map<Integer, Integer> failures = Collections.synchronizedMap(new TreeMap<>());

  private static boolean none(int column) {
    return false;
  }

  private RacingReader reader(IntPredicate gone, IntPredicate lost) {
    return new RacingReader(gone, lost, this::read);
  }

  private Optional<byte[]> read(int column, CodedBlock block) {
    asked.add(column);
    return failures.merge(column, -1, Integer::sum) >= 0
        ? Optional.empty()
        : Optional.of(new byte[] {(byte) column});
  }

  private static SortedMap<Integer, List<CodedBlock>> columns(int count) {
    SortedMap<Integer, List<CodedBlock>> offers = new TreeMap<>();
    for (int column = 0; column < count; column++) {
      offers.put(column, List.of(BLOCK));
    }
    return offers;
  }

  @Test
  void noMoreThanNeededIsAsked() {
    assertThat(reader(RacingReaderTest::none, RacingReaderTest::none).read(0, columns(6), 4))
        .containsOnlyKeys(0, 1, 2, 3);
    assertThat(asked).containsExactlyInAnyOrder(0, 1, 2, 3);
  }

  @Test
  void holdersKnownToBeGoneComeLast() {
    reader(column -> column == 0, RacingReaderTest::none).read(0, columns(3), 2);
    assertThat(asked).containsExactlyInAnyOrder(1, 2);
  }

  @Test
  void aHolderThatIsLateIsAskedAgainWhenAllDependsOnIt() {
    failures.put(0, 2);
    failures.put(1, 100);
    IntPredicate lost = column -> column == 1;
    assertThat(reader(RacingReaderTest::none, lost).read(0, columns(3), 2)).containsOnlyKeys(0, 2);
    assertThat(asked.stream().filter(column -> column == 0)).hasSize(3);
    assertThat(asked.stream().filter(column -> column == 1)).hasSize(1);
  }

  @Test
  void aHolderThatLacksTheBlockIsNotAskedForEver() {
    failures.put(0, 100);
    assertThat(reader(RacingReaderTest::none, RacingReaderTest::none).read(0, columns(2), 2))
        .containsOnlyKeys(1);
    assertThat(asked.stream().filter(column -> column == 0)).hasSizeBetween(2, 5);
  }
}
