package io.ecluster.core.tracker;

import java.util.List;

/** What an event leads to: the slot from now on, and what must be done. */
record Step(Slot slot, List<Command> commands) {
  Step {
    commands = List.copyOf(commands);
  }

  static Step of(Slot slot, Command... commands) {
    return new Step(slot, List.of(commands));
  }

  /** What the tracker is told about a CID. */
  sealed interface Event {
    /** The pinset says that this is to be done; a failed operation is tried anew. */
    record Wanted(Operation.Kind kind, io.ecluster.core.pin.Pin pin) implements Event {}

    /** An operation's turn has come. */
    record Turn(long serial) implements Event {}

    /** A worker is done with an operation; {@code error} is empty if it succeeded. */
    record Ended(long serial, String error) implements Event {}

    /** There is no place left in the queue. */
    record Overflow(long serial, String error) implements Event {}
  }

  /** What the shell must do. */
  sealed interface Command {
    record Enqueue(Operation operation) implements Command {}

    record Run(Operation operation) implements Command {}

    /** Interrupt the worker that runs this. */
    record Interrupt(long serial) implements Command {}
  }
}
