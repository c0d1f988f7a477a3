package io.ecluster.recovery;

import io.ecluster.core.cluster.AtOnce;
import io.ecluster.core.cluster.WaitInterruptedException;
import io.ecluster.erasure.CellReader;
import io.ecluster.erasure.CodedBlock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Reads as many columns as decoding needs, at once. It begins with those whose holders are not
 * known to be gone, data before parity; a column that fails is replaced by the next; when all is
 * slow the rest joins the race. If all were asked and too few came, those whose holders are late
 * rather than lost are asked again.
 */
final class RacingReader implements CellReader {
  /** After this long without an answer everything is asked. */
  private static final Duration ESCALATION = Duration.ofMillis(250);

  private static final int LATE_ROUNDS = 3;

  private final IntPredicate gone;
  private final IntPredicate lost;
  private final BiFunction<Integer, CodedBlock, Optional<byte[]>> read;

  /**
   * @param gone whether the holder of a column is known to be gone
   * @param lost whether it is gone for certain, which may take a while to find out
   * @param read a block of a column; nothing if it cannot be had
   */
  RacingReader(
      IntPredicate gone,
      IntPredicate lost,
      BiFunction<Integer, CodedBlock, Optional<byte[]>> read) {
    this.gone = gone;
    this.lost = lost;
    this.read = read;
  }

  private record Answer(int column, Optional<List<byte[]>> blocks) {}

  @Override
  public Map<Integer, List<byte[]>> read(
      int stripe, SortedMap<Integer, List<CodedBlock>> offers, int need) {
    Map<Integer, List<byte[]>> found = new HashMap<>();
    race(order(offers), offers, need, found);
    for (int round = 0; round < LATE_ROUNDS && found.size() < need; round++) {
      List<Integer> failed =
          offers.keySet().stream().filter(column -> !found.containsKey(column)).toList();
      List<Boolean> dead = AtOnce.map(failed, lost::test);
      Deque<Integer> late = new ArrayDeque<>();
      IntStream.range(0, failed.size())
          .filter(i -> !dead.get(i))
          .mapToObj(failed::get)
          .forEach(late::add);
      race(late, offers, need, found);
    }
    return found;
  }

  /** Reads candidates until enough are found or none is left. */
  private void race(
      Deque<Integer> candidates,
      SortedMap<Integer, List<CodedBlock>> offers,
      int need,
      Map<Integer, List<byte[]>> found) {
    BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    int underWay = 0;
    try {
      while (found.size() < need) {
        while (underWay + found.size() < need && !candidates.isEmpty()) {
          underWay += launch(candidates.poll(), offers, answers);
        }
        if (underWay == 0) {
          return;
        }
        Answer answer = answers.poll(ESCALATION.toNanos(), TimeUnit.NANOSECONDS);
        if (answer == null) {
          while (!candidates.isEmpty()) {
            underWay += launch(candidates.poll(), offers, answers);
          }
          answer = answers.take();
        }
        underWay--;
        int column = answer.column();
        answer.blocks().ifPresent(blocks -> found.put(column, blocks));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WaitInterruptedException(e);
    }
  }

  private Deque<Integer> order(SortedMap<Integer, List<CodedBlock>> offers) {
    Deque<Integer> order = new ArrayDeque<>();
    offers.keySet().stream().filter(column -> !gone.test(column)).forEach(order::add);
    offers.keySet().stream().filter(gone::test).forEach(order::add);
    return order;
  }

  private int launch(
      int column, SortedMap<Integer, List<CodedBlock>> offers, BlockingQueue<Answer> answers) {
    List<CodedBlock> blocks = offers.getOrDefault(column, List.of());
    Thread.ofVirtual().start(() -> answers.add(new Answer(column, readAll(column, blocks))));
    return 1;
  }

  private Optional<List<byte[]>> readAll(int column, List<CodedBlock> blocks) {
    List<byte[]> all = new ArrayList<>();
    try {
      for (CodedBlock block : blocks) {
        Optional<byte[]> bytes = read.apply(column, block);
        if (bytes.isEmpty()) {
          return Optional.empty();
        }
        all.add(bytes.get());
      }
      return Optional.of(all);
    } catch (RuntimeException e) {
      return Optional.empty(); // whatever went wrong with this column, another one may do
    }
  }
}
