package io.ecluster.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarginTest {
  @ParameterizedTest(name = "shards on {0}, {1} to spare: {2} holders may be lost")
  @CsvSource({
    "abcdef, 2, 2",
    "aabbcc, 2, 1",
    "aaabcd, 2, 0",
    "aabcde, 2, 1",
    "abc, 3, 3",
    "abcdef, 0, 0",
    "aaabbb, 2, 0",
    "aaaa, 2, 0",
    "abcde, -1, -1",
    "abc, -2, -2"
  })
  void countsTheHeaviestHoldersFirst(String holders, int spare, int margin) {
    assertThat(Margin.of(letters(holders), spare)).isEqualTo(margin);
  }

  /** The definition itself, over all sets of holders. */
  @RepeatedTest(200)
  void isTheLargestNumberOfHoldersOfWhichAnyMayBeLost(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<Integer> holders =
        IntStream.range(0, 1 + random.nextInt(8)).mapToObj(_ -> random.nextInt(5)).toList();
    int spare = random.nextInt(5);
    assertThat(Margin.of(holders, spare))
        .as("seed %d", repetition.getCurrentRepetition())
        .isEqualTo(bySearch(holders, spare));
  }

  private static int bySearch(List<Integer> holders, int spare) {
    Set<Integer> distinct = new TreeSet<>(holders);
    int margin = distinct.size();
    for (int subset = 0; subset < 1 << 5; subset++) {
      int lost = subset;
      if (holders.stream().filter(h -> (lost >> h & 1) == 1).count() > spare) {
        int size = (int) distinct.stream().filter(h -> (lost >> h & 1) == 1).count();
        margin = Math.min(margin, size - 1);
      }
    }
    return margin;
  }

  private static List<Character> letters(String text) {
    List<Character> letters = new ArrayList<>();
    text.chars().forEach(c -> letters.add((char) c));
    return letters;
  }
}
