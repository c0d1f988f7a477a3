package io.ecluster.core.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.tracker.Operation.Kind;
import io.ecluster.core.tracker.Operation.Phase;
import io.ecluster.core.tracker.Step.Command;
import io.ecluster.core.tracker.Step.Event;
import io.ecluster.ipfs.TestDag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransitionsTest {
  private static final List<Kind> KINDS = List.of(Kind.PIN, Kind.UNPIN, Kind.REMOTE);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Pin PIN =
      Pin.of(TestDag.raw("a").cid(), PinOptions.NONE.withName("one")).withTimestamp(NOW);
  private static final Pin DIRECT =
      new Pin(
          PIN.cid(),
          PIN.type(),
          List.of(),
          Pin.DIRECT,
          Optional.empty(),
          PIN.options(),
          PIN.timestamp());

  private final Transitions transitions = new Transitions(TrackerSettings.DEFAULTS);

  /** What a wish does to an operation of another kind, phase by phase. */
  @ParameterizedTest(name = "{0} {1}, then {2} is wanted: {3}")
  @CsvSource({
    "PIN,    QUEUED,  PIN,    refreshed",
    "PIN,    RUNNING, PIN,    refreshed",
    "PIN,    ERROR,   PIN,    replaced",
    "PIN,    QUEUED,  UNPIN,  replaced",
    "PIN,    RUNNING, UNPIN,  replaced and interrupted",
    "PIN,    ERROR,   UNPIN,  replaced",
    "PIN,    RUNNING, REMOTE, replaced and interrupted",
    "UNPIN,  QUEUED,  PIN,    replaced",
    "UNPIN,  RUNNING, PIN,    replaced and interrupted",
    "UNPIN,  QUEUED,  UNPIN,  refreshed",
    "UNPIN,  ERROR,   UNPIN,  replaced",
    "REMOTE, RUNNING, PIN,    replaced and interrupted",
    "REMOTE, QUEUED,  REMOTE, refreshed",
  })
  void aWishMeetsAnOperation(Kind kind, Phase phase, Kind wish, String outcome) {
    Slot before = slot(kind, phase);
    Step step = next(before, new Event.Wanted(wish, PIN.withOptions(PinOptions.NONE)), 9);
    Operation now = step.slot().operation().orElseThrow();
    assertThat(now.pin().options().name()).isEmpty();
    boolean replaced = outcome.startsWith("replaced");
    assertThat(now.serial()).isEqualTo(replaced ? 9 : 1);
    assertThat(step.commands().contains(new Command.Interrupt(1)))
        .isEqualTo(outcome.endsWith("interrupted"));
    assertThat(step.commands().contains(new Command.Enqueue(now))).isEqualTo(replaced);
    assertThat(step.slot().running()).isEqualTo(before.running());
  }

  @Test
  void anotherModeIsAnotherWish() {
    Step step = next(slot(Kind.PIN, Phase.QUEUED), new Event.Wanted(Kind.PIN, DIRECT), 9);
    assertThat(step.slot().operation().orElseThrow().serial()).isEqualTo(9);
  }

  @Test
  void aTurnStartsTheOperationAndCountsTheAttempt() {
    Step step = next(slot(Kind.PIN, Phase.QUEUED), new Event.Turn(1), 9);
    Operation started = step.slot().operation().orElseThrow();
    assertThat(started.phase()).isEqualTo(Phase.RUNNING);
    assertThat(started.attempts()).isEqualTo(1);
    assertThat(step.commands()).containsExactly(new Command.Run(started));
    assertThat(step.slot().running()).isEqualTo(1);
  }

  @Test
  void theTurnOfAReplacedOperationPassesUnused() {
    Slot before = slot(Kind.PIN, Phase.QUEUED);
    assertThat(next(before, new Event.Turn(7), 9)).isEqualTo(Step.of(before));
  }

  @Test
  void whatIsDoneIsForgotten() {
    Step step = next(slot(Kind.PIN, Phase.RUNNING), new Event.Ended(1, ""), 9);
    assertThat(step.slot()).isEqualTo(Slot.IDLE);
  }

  @Test
  void whatFailedStaysToBeSeen() {
    Step step = next(slot(Kind.UNPIN, Phase.RUNNING), new Event.Ended(1, "no"), 9);
    Operation failed = step.slot().operation().orElseThrow();
    assertThat(failed.phase()).isEqualTo(Phase.ERROR);
    assertThat(failed.error()).isEqualTo("no");
    assertThat(step.commands()).isEmpty();
  }

  @Test
  void anOperationWaitsForTheOneItReplacedToBeGone() {
    Slot slot = next(slot(Kind.PIN, Phase.RUNNING), new Event.Wanted(Kind.UNPIN, PIN), 2).slot();
    Step parked = next(slot, new Event.Turn(2), 9);
    assertThat(parked.commands()).isEmpty();
    Step freed = next(parked.slot(), new Event.Ended(1, "interrupted"), 9);
    assertThat(freed.commands())
        .containsExactly(new Command.Enqueue(freed.slot().operation().orElseThrow()));
    assertThat(next(freed.slot(), new Event.Turn(2), 9).commands()).hasSize(1);
  }

  @Test
  void attemptsCarryOverRetriesButNotOtherWishes() {
    Slot started = next(slot(Kind.PIN, Phase.QUEUED), new Event.Turn(1), 9).slot();
    Slot failed = next(started, new Event.Ended(1, "no"), 9).slot();
    Slot again = next(failed, new Event.Wanted(Kind.PIN, PIN), 2).slot();
    assertThat(again.operation().orElseThrow().attempts()).isEqualTo(1);
    Slot other = next(failed, new Event.Wanted(Kind.UNPIN, PIN), 2).slot();
    assertThat(other.operation().orElseThrow().attempts()).isZero();
  }

  @ParameterizedTest(name = "{0} old after {1} attempts: priority {2}")
  @CsvSource({
    "PT1H, 0, true",
    "PT23H59M, 5, true",
    "PT24H, 0, false",
    "PT1H, 6, false",
    "PT100H, 9, false"
  })
  void youngPinsGoFirstUntilTheyFailedOften(Duration age, int attempts, boolean priority) {
    Pin pin = PIN.withTimestamp(NOW.minus(age));
    Slot failed =
        new Slot(
            Optional.of(new Operation(1, Kind.PIN, pin, Phase.ERROR, attempts, false, NOW, "no")),
            0,
            false);
    Slot slot = next(failed, new Event.Wanted(Kind.PIN, pin), 2).slot();
    assertThat(slot.operation().orElseThrow().priority()).isEqualTo(priority);
  }

  @Test
  void withoutAPlaceInTheQueueItFails() {
    Step step = next(slot(Kind.PIN, Phase.QUEUED), new Event.Overflow(1, "full"), 9);
    assertThat(step.slot().operation().orElseThrow().error()).isEqualTo("full");
    Slot replaced = slot(Kind.PIN, Phase.QUEUED);
    assertThat(next(replaced, new Event.Overflow(5, "full"), 9).slot()).isEqualTo(replaced);
  }

  /**
   * Random wishes, turns and ends in any order: one worker at most is busy with the CID, and when
   * all is quiet the last wish is what was done last, or stands as an error.
   */
  @RepeatedTest(500)
  void endsAsTheLastWishSays(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    Random random = new Random(seed);
    Model model = new Model();
    for (int i = 0; i < 60; i++) {
      switch (random.nextInt(3)) {
        case 0 -> model.wish(KINDS.get(random.nextInt(3)));
        case 1 -> model.turn(random);
        default -> model.end(random.nextInt(4) == 0 ? "failed" : "");
      }
      assertThat(model.workersAtOnce).as("seed %d", seed).isLessThanOrEqualTo(1);
    }
    model.wish(KINDS.get(random.nextInt(3)));
    while (!model.queue.isEmpty() || model.busy.isPresent()) {
      model.turn(random);
      model.end("");
    }
    assertThat(model.slot).as("seed %d", seed).isEqualTo(Slot.IDLE);
    assertThat(model.lastDone).as("seed %d", seed).isEqualTo(model.lastWish);
  }

  /** The shell, with its queue and workers played by the test. */
  private final class Model {
    private final List<Operation> queue = new ArrayList<>();
    private Slot slot = Slot.IDLE;
    private Optional<Operation> busy = Optional.empty();
    private int workersAtOnce;
    private long serial;
    private Kind lastWish = Kind.PIN;
    private Kind lastDone = Kind.PIN;

    void wish(Kind kind) {
      lastWish = kind;
      apply(new Event.Wanted(kind, PIN));
    }

    void turn(Random random) {
      if (!queue.isEmpty()) {
        apply(new Event.Turn(queue.remove(random.nextInt(queue.size())).serial()));
      }
    }

    void end(String error) {
      if (busy.isPresent()) {
        Operation done = busy.get();
        busy = Optional.empty();
        workersAtOnce--;
        if (error.isEmpty()) {
          lastDone = done.kind();
        }
        apply(new Event.Ended(done.serial(), error));
      }
    }

    private void apply(Event event) {
      Step step = next(slot, event, ++serial);
      slot = step.slot();
      for (Command command : step.commands()) {
        switch (command) {
          case Command.Enqueue(Operation operation) -> queue.add(operation);
          case Command.Interrupt(long running) ->
              assertThat(busy.map(Operation::serial)).contains(running);
          case Command.Run(Operation operation) -> {
            busy = Optional.of(operation);
            workersAtOnce++;
          }
        }
      }
    }
  }

  private Step next(Slot slot, Event event, long fresh) {
    return transitions.next(slot, event, NOW, fresh);
  }

  private static Slot slot(Kind kind, Phase phase) {
    Operation operation = new Operation(1, kind, PIN, phase, 0, true, NOW, "");
    return new Slot(Optional.of(operation), phase == Phase.RUNNING ? 1 : 0, false);
  }
}
