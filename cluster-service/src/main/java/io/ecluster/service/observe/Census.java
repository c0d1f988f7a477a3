package io.ecluster.service.observe;

import io.ecluster.core.cluster.Sleeper;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the pinset now and again on a thread of its own, so that who asks for metrics never waits
 * for that. A count takes as long as the pinset is large, and is followed by a rest so long that it
 * takes no more than a hundredth of the time.
 */
final class Census implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Census.class);

  /** Times as long as a count took. */
  private static final int REST = 100;

  /** Counting is never more frequent. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  private final Source source;
  private final Duration interval;
  private final Sleeper sleeper;
  private final Thread thread = Thread.ofVirtual().name("pin-census").unstarted(this::run);
  private volatile Optional<Count> last = Optional.empty();

  /**
   * What is counted.
   *
   * @param statuses tells what this peer says of every pin
   * @param live peers that are there
   */
  record Source(
      PinState state, Consumer<Consumer<PinInfo>> statuses, Supplier<List<PeerId>> live) {}

  /** What a count found. */
  record Count(
      long pins,
      Map<PinType, Long> byType,
      Map<TrackerStatus, Long> byStatus,
      SortedMap<Integer, Long> groupsByMargin,
      Duration took) {}

  /**
   * @param interval from one count to the next, at least
   */
  Census(Source source, Duration interval, Sleeper sleeper) {
    this.source = source;
    this.interval = interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval;
    this.sleeper = sleeper;
  }

  Census start() {
    thread.start();
    return this;
  }

  /** Empty until the first count is done. */
  Optional<Count> last() {
    return last;
  }

  private void run() {
    try {
      while (true) {
        sleeper.sleep(rest(countSafely()));
      }
    } catch (InterruptedException e) {
      LOG.debug("pins are no longer counted");
    }
  }

  Duration rest(Duration took) {
    Duration rest = took.multipliedBy(REST);
    return rest.compareTo(interval) > 0 ? rest : interval;
  }

  private Duration countSafely() {
    long start = System.nanoTime();
    try {
      last = Optional.of(count());
    } catch (RuntimeException e) {
      LOG.debug("pins were not counted: {}", e.toString());
    }
    return Duration.ofNanos(System.nanoTime() - start);
  }

  Count count() {
    long start = System.nanoTime();
    Map<PinType, Long> types = new EnumMap<>(PinType.class);
    GroupCensus groups = new GroupCensus(new HashSet<>(source.live().get()));
    each(pin -> {
      types.merge(pin.type(), 1L, Long::sum);
      groups.first(pin);
    });
    if (groups.needsSecond()) {
      each(groups::second);
    }
    Map<TrackerStatus, Long> statuses = new EnumMap<>(TrackerStatus.class);
    source.statuses().accept(info -> statuses.merge(info.status(), 1L, Long::sum));
    return new Count(
        types.values().stream().mapToLong(Long::longValue).sum(),
        types,
        statuses,
        groups.byMargin(),
        Duration.ofNanos(System.nanoTime() - start));
  }

  private void each(Consumer<Pin> visitor) {
    try (Stream<Pin> pins = source.state().list()) {
      pins.forEach(visitor);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      boolean ended = thread.join(STOP_PATIENCE);
      LOG.debug("the census ended in time: {}", ended);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
