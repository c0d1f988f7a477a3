package io.ecluster.core.tracker;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.state.PinState;
import io.ecluster.core.tracker.Operation.Kind;
import io.ecluster.core.tracker.OperationQueues.Ticket;
import io.ecluster.core.tracker.Step.Command;
import io.ecluster.core.tracker.Step.Event;
import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the IPFS node hold what the pinset says this peer holds.
 *
 * <p>It keeps nothing on disk: the pinset says what should be, IPFS says what is, and in between it
 * remembers only operations that wait, run or failed. {@link Transitions} decides; this class asks
 * it under a lock and does what it says. Workers own the calls to IPFS, one operation at a time
 * each; a listener call never waits for IPFS.
 *
 * <p>Where Go lets go of remote pins within the call that announces them, here an unpin worker
 * does, so that a slow node cannot hold up the merging of deltas.
 */
public final class StatelessTracker implements Consensus.Listener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StatelessTracker.class);

  /** Statuses that only the pinset and IPFS can tell, not the table of operations. */
  private static final int STATE_BITS =
      TrackerStatus.PINNED.bit()
          | TrackerStatus.UNEXPECTEDLY_UNPINNED.bit()
          | TrackerStatus.SHARDED.bit()
          | TrackerStatus.REMOTE.bit();

  private static final int IPFS_BITS =
      TrackerStatus.PINNED.bit() | TrackerStatus.UNEXPECTEDLY_UNPINNED.bit();

  private static final int RECOVERABLE_BITS =
      TrackerStatus.PIN_ERROR.bit()
          | TrackerStatus.UNPIN_ERROR.bit()
          | TrackerStatus.UNEXPECTEDLY_UNPINNED.bit();

  /** What no announcement or worker will change soon. */
  private static final Set<TrackerStatus> SETTLED =
      EnumSet.of(
          TrackerStatus.PINNED,
          TrackerStatus.PIN_ERROR,
          TrackerStatus.CLUSTER_ERROR,
          TrackerStatus.SHARDED);

  private static final String LOST = "the item should be pinned but it is not";
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final Slots slots = new Slots();
  private final Map<Long, Thread> running = new HashMap<>();
  private final List<Thread> workers = new CopyOnWriteArrayList<>();
  private final Signals signals = new Signals();
  private final IpfsNode ipfs;
  private final Supplier<PinState> state;
  private final Supplier<Identity> self;
  private final TrackerSettings settings;
  private final InstantSource clock;
  private final Transitions transitions;
  private final OperationQueues queues;
  private final Infos infos;
  private long lastSerial;
  private volatile boolean closed;

  /**
   * @param state asked for anew at each use, since the pinset's owner needs this listener first
   * @param self asked for anew at each use; must not block
   */
  public StatelessTracker(
      IpfsNode ipfs,
      Supplier<PinState> state,
      Supplier<Identity> self,
      TrackerSettings settings,
      InstantSource clock) {
    this.ipfs = ipfs;
    this.state = state;
    this.self = self;
    this.settings = settings;
    this.clock = clock;
    this.transitions = new Transitions(settings);
    this.queues = new OperationQueues(settings.maxQueued());
    this.infos = new Infos(self, clock);
  }

  /** Starts the workers; what was announced before waits in the queues. */
  public void start() {
    for (int i = 0; i < settings.pinWorkers(); i++) {
      startWorker("pin-worker-" + i, queues::takePin);
    }
    for (int i = 0; i < settings.unpinWorkers(); i++) {
      startWorker("unpin-worker-" + i, queues::takeUnpin);
    }
  }

  private void startWorker(String name, Supplier<Optional<Ticket>> source) {
    workers.add(Thread.ofVirtual().name(name).start(() -> work(source)));
  }

  @Override
  public void pinned(Pin pin) {
    if (pin.type() != PinType.META) {
      want(isMine(pin) ? Kind.PIN : Kind.REMOTE, pin);
    }
    signals.signal(pin.cid());
  }

  /** The hook also fires when another instance of the pin survived: then it is still wanted. */
  @Override
  public void unpinned(Cid cid) {
    Optional<Pin> survivor = state.get().get(cid);
    if (survivor.isPresent()) {
      pinned(survivor.get());
    } else {
      want(Kind.UNPIN, Pin.of(cid, PinOptions.NONE));
    }
  }

  private boolean isMine(Pin pin) {
    return pin.allocatedTo(self.get().peer());
  }

  /** What this peer says of a pin. */
  public PinInfo status(Cid cid) {
    return operation(cid).map(infos::of).orElseGet(() -> settled(cid));
  }

  private PinInfo settled(Cid cid) {
    return state
        .get()
        .get(cid)
        .map(pin -> settled(pin, this::isPinned))
        .orElseGet(() -> infos.unpinned(cid));
  }

  private boolean isPinned(Pin pin) {
    return ipfs.pinned(pin.cid()).filter(Operation.modeOf(pin)::equals).isPresent();
  }

  private PinInfo settled(Pin pin, Predicate<Pin> pinned) {
    if (pin.type() == PinType.META) {
      return infos.of(pin, TrackerStatus.SHARDED, "");
    }
    if (!isMine(pin)) {
      return infos.of(pin, TrackerStatus.REMOTE, "");
    }
    try {
      return pinned.test(pin)
          ? infos.of(pin, TrackerStatus.PINNED, "")
          : infos.of(pin, TrackerStatus.UNEXPECTEDLY_UNPINNED, LOST);
    } catch (IpfsException e) {
      return infos.of(pin, TrackerStatus.CLUSTER_ERROR, Errors.textOf(e));
    }
  }

  /**
   * Waits until this peer holds a pin, or knows that it cannot; meanwhile the pin may be announced.
   *
   * @return its status then, or at the end of {@code timeout}
   */
  public PinInfo await(Cid cid, Duration timeout) throws InterruptedException {
    long start = System.nanoTime();
    try (Signals.Waiter waiter = signals.waitFor(cid)) {
      while (true) {
        PinInfo info = status(cid);
        Duration left = timeout.minusNanos(System.nanoTime() - start);
        if (SETTLED.contains(info.status()) || left.isNegative() || closed) {
          return info;
        }
        if (info.status() == TrackerStatus.UNEXPECTEDLY_UNPINNED) {
          retry(info);
        } else {
          waiter.await(left);
        }
      }
    }
  }

  /** Whether this peer holds a pin, as soon as that is known or the time is over. */
  public boolean awaitPinned(Cid cid, Duration timeout) throws InterruptedException {
    return await(cid, timeout).status() == TrackerStatus.PINNED;
  }

  /**
   * What this peer says of all pins that pass the filter, as it goes along.
   *
   * @param filter OR of {@link TrackerStatus#bit}; 0 for all
   * @throws IpfsException if the node cannot list its pins and the filter asks for what it has
   */
  public void statusAll(int filter, Consumer<PinInfo> each) {
    Consumer<PinInfo> passing = passing(filter, each);
    Map<Cid, Operation> operations = operations();
    boolean listing = filter == 0 || (filter & STATE_BITS) != 0;
    if (listing) {
      eachOfState(pinnedIn(filter), operations, passing);
    }
    operations.values().stream()
        .filter(operation -> !listing || !inState(operation))
        .map(infos::of)
        .forEach(passing);
  }

  private static Consumer<PinInfo> passing(int filter, Consumer<PinInfo> each) {
    return info -> {
      if (info.status().matches(filter)) {
        each.accept(info);
      }
    };
  }

  private Predicate<Pin> pinnedIn(int filter) {
    if (filter != 0 && (filter & IPFS_BITS) == 0) {
      return _ -> true;
    }
    PinnedSet pinned = PinnedSet.of(ipfs);
    return pin -> pinned.contains(pin.cid(), Operation.modeOf(pin));
  }

  private void eachOfState(
      Predicate<Pin> pinned, Map<Cid, Operation> operations, Consumer<PinInfo> each) {
    try (Stream<Pin> pins = state.get().list()) {
      pins.forEach(pin -> {
        Operation operation = operations.get(pin.cid());
        each.accept(operation == null ? settled(pin, pinned) : infos.of(operation));
      });
    }
  }

  private boolean inState(Operation operation) {
    return state.get().get(operation.pin().cid()).isPresent();
  }

  /** Tries again what failed or was lost; returns the status after that. */
  public PinInfo recover(Cid cid) {
    PinInfo info = status(cid);
    return retry(info) ? status(cid) : info;
  }

  /** Tries again all that failed or was lost, and tells of each such pin. */
  public void recoverAll(Consumer<PinInfo> each) {
    List<Cid> broken = new ArrayList<>();
    letGoOfRemotes();
    statusAll(RECOVERABLE_BITS, info -> broken.add(info.cid()));
    broken.stream().filter(cid -> retry(status(cid))).map(this::status).forEach(each);
  }

  private boolean retry(PinInfo info) {
    return switch (info.status()) {
      case PIN_ERROR, UNEXPECTEDLY_UNPINNED -> {
        state.get().get(info.cid()).ifPresent(this::pinned);
        yield true;
      }
      case UNPIN_ERROR -> {
        unpinned(info.cid());
        yield true;
      }
      default -> false;
    };
  }

  /**
   * Pins of others that this node still holds: the word to let go was lost when this peer stopped,
   * or IPFS failed then.
   */
  private void letGoOfRemotes() {
    PinnedSet held = PinnedSet.of(ipfs);
    try (Stream<Pin> pins = state.get().list()) {
      pins.filter(pin -> pin.type() != PinType.META && !isMine(pin))
          .filter(pin -> held.contains(pin.cid(), Operation.modeOf(pin)))
          .forEach(this::pinned);
    }
  }

  /** How many pins wait for a worker. */
  public int pinQueueSize() {
    return queues.waitingPins();
  }

  /** How many operations wait, run or failed, by the status that pins have for it. */
  public Map<TrackerStatus, Integer> operationCounts() {
    lock.lock();
    try {
      return slots.counts();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Operation> operation(Cid cid) {
    lock.lock();
    try {
      return slots.get(cid).operation();
    } finally {
      lock.unlock();
    }
  }

  private Map<Cid, Operation> operations() {
    lock.lock();
    try {
      return slots.operations();
    } finally {
      lock.unlock();
    }
  }

  private void want(Kind kind, Pin pin) {
    apply(pin.cid(), new Event.Wanted(kind, pin));
    signals.signal(pin.cid());
  }

  /** Asks {@link Transitions} and does what it says; an operation to run is left to the caller. */
  private Optional<Operation> apply(Cid cid, Event event) {
    lock.lock();
    try {
      Step step = transitions.next(slots.get(cid), event, clock.instant(), ++lastSerial);
      slots.put(cid, step.slot());
      return step.commands().stream().flatMap(c -> perform(cid, c).stream()).findFirst();
    } finally {
      lock.unlock();
    }
  }

  private Optional<Operation> perform(Cid cid, Command command) {
    switch (command) {
      case Command.Enqueue(Operation operation) -> enqueue(cid, operation);
      case Command.Interrupt(long serial) ->
          Optional.ofNullable(running.get(serial)).ifPresent(Thread::interrupt);
      case Command.Run(Operation operation) -> {
        running.put(operation.serial(), Thread.currentThread());
        return Optional.of(operation);
      }
    }
    return Optional.empty();
  }

  private void enqueue(Cid cid, Operation operation) {
    if (!queues.offer(operation)) {
      String name = operation.kind() == Kind.PIN ? "pin" : "unpin";
      String error =
          name + " operation queue is full (" + settings.maxQueued() + "); recover later";
      apply(cid, new Event.Overflow(operation.serial(), error));
    }
  }

  private void work(Supplier<Optional<Ticket>> source) {
    while (source.get().orElse(null) instanceof Ticket(Cid cid, long serial)) {
      apply(cid, new Event.Turn(serial)).ifPresent(this::run);
    }
  }

  private void run(Operation operation) {
    String error = attempt(operation);
    forgetWorker(operation);
    apply(operation.pin().cid(), new Event.Ended(operation.serial(), error));
    signals.signal(operation.pin().cid());
  }

  /** After this nobody interrupts this thread on account of the operation. */
  private void forgetWorker(Operation operation) {
    lock.lock();
    try {
      running.remove(operation.serial());
      Thread.interrupted();
    } finally {
      lock.unlock();
    }
  }

  /** Empty, or why it failed. */
  private String attempt(Operation operation) {
    Cid cid = operation.pin().cid();
    try {
      switch (operation.kind()) {
        case PIN -> pin(operation);
        case UNPIN, REMOTE -> ipfs.unpin(cid);
      }
      return "";
    } catch (RuntimeException e) {
      log.info("{} of {} failed: {}", operation.kind(), cid, Errors.textOf(e));
      return Errors.textOf(e);
    }
  }

  private void pin(Operation operation) {
    Pin pin = operation.pin();
    if (isPinned(pin)) {
      return;
    }
    Optional<Cid> older = pin.options().pinUpdate().filter(_ -> isRecursive(operation.mode()));
    if (older.flatMap(ipfs::pinned).filter(StatelessTracker::isRecursive).isPresent()) {
      ipfs.update(older.get(), pin.cid());
    } else {
      ipfs.pin(pin.cid(), operation.mode(), pin.options().origins());
    }
  }

  private static boolean isRecursive(PinMode mode) {
    return mode == PinMode.RECURSIVE;
  }

  /** Stops the workers; what they were doing is interrupted. */
  @Override
  public void close() {
    closed = true;
    queues.close();
    signals.signalAll();
    workers.forEach(Thread::interrupt);
    try {
      for (Thread worker : workers) {
        worker.join(STOP_PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
