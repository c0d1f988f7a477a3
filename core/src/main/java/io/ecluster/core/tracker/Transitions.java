package io.ecluster.core.tracker;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.tracker.Operation.Kind;
import io.ecluster.core.tracker.Operation.Phase;
import io.ecluster.core.tracker.Step.Command;
import io.ecluster.core.tracker.Step.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What happens to one CID, decided without doing any of it.
 *
 * <p>Goals, in order: the node ends as the latest pin says; no two workers are ever busy with the
 * same CID, since an unpin that overtakes the pin it revokes would leave blocks behind; nothing is
 * done twice.
 *
 * <p>A CID wants one operation at most. The same wish again only refreshes its pin; another wish
 * replaces it. If the replaced one is running, its worker is interrupted, and the new one waits
 * ("parked") until that worker is back, however it ended. A queue entry of a replaced operation is
 * not searched for: it is recognised by its serial and dropped when its turn comes. An operation
 * that failed stays, as an error to be seen, until it is wanted again.
 */
record Transitions(TrackerSettings settings) {
  /**
   * @param fresh the serial for a new operation, should the event make one
   */
  Step next(Slot slot, Event event, Instant now, long fresh) {
    return switch (event) {
      case Event.Wanted wanted -> wanted(slot, wanted, now, fresh);
      case Event.Turn turn -> turn(slot, turn.serial(), now);
      case Event.Ended ended -> ended(slot, ended, now);
      case Event.Overflow overflow -> overflow(slot, overflow, now);
    };
  }

  private Step wanted(Slot slot, Event.Wanted wanted, Instant now, long fresh) {
    Optional<Operation> old = slot.operation();
    if (old.isPresent() && underWay(old.get(), wanted)) {
      return Step.of(slot.with(old.get().withPin(wanted.pin())));
    }
    Operation operation = queued(old, wanted, now, fresh);
    List<Command> commands = new ArrayList<>();
    if (old.isPresent() && slot.running() == old.get().serial()) {
      commands.add(new Command.Interrupt(slot.running()));
    }
    commands.add(new Command.Enqueue(operation));
    return new Step(new Slot(Optional.of(operation), slot.running(), false), commands);
  }

  private static boolean underWay(Operation old, Event.Wanted wanted) {
    return old.phase() != Phase.ERROR
        && old.kind() == wanted.kind()
        && (old.kind() != Kind.PIN || old.mode() == Operation.modeOf(wanted.pin()));
  }

  private Operation queued(Optional<Operation> old, Event.Wanted wanted, Instant now, long serial) {
    int attempts = old.filter(o -> o.kind() == wanted.kind()).map(Operation::attempts).orElse(0);
    boolean priority = wanted.kind() == Kind.PIN && isPriority(wanted.pin(), attempts, now);
    return new Operation(
        serial, wanted.kind(), wanted.pin(), Phase.QUEUED, attempts, priority, now, "");
  }

  private boolean isPriority(Pin pin, int attempts, Instant now) {
    return attempts <= settings.priorityMaxRetries()
        && pin.timestamp().isPresent()
        && pin.timestamp().get().plus(settings.priorityMaxAge()).isAfter(now);
  }

  private static Step turn(Slot slot, long serial, Instant now) {
    if (!slot.wants(serial)) {
      return Step.of(slot);
    }
    if (slot.running() != 0) {
      return Step.of(new Slot(slot.operation(), slot.running(), true));
    }
    Operation started = slot.operation().orElseThrow().started(now);
    return Step.of(new Slot(Optional.of(started), serial, false), new Command.Run(started));
  }

  private static Step ended(Slot slot, Event.Ended ended, Instant now) {
    Optional<Operation> wanted = slot.operation();
    if (slot.parked() && wanted.isPresent()) {
      return Step.of(new Slot(wanted, 0, false), new Command.Enqueue(wanted.get()));
    }
    if (!slot.wants(ended.serial())) {
      return Step.of(new Slot(wanted, 0, false));
    }
    Optional<Operation> left =
        ended.error().isEmpty()
            ? Optional.empty()
            : wanted.map(operation -> operation.failed(ended.error(), now));
    return Step.of(new Slot(left, 0, false));
  }

  private static Step overflow(Slot slot, Event.Overflow overflow, Instant now) {
    return slot.wants(overflow.serial())
        ? Step.of(slot.with(slot.operation().orElseThrow().failed(overflow.error(), now)))
        : Step.of(slot);
  }
}
