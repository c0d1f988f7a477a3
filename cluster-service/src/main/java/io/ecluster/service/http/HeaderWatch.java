package io.ecluster.service.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections on which a request's head takes too long. An idle timeout does not see a
 * sender who drips a byte now and then, and each such connection takes memory.
 */
final class HeaderWatch extends AbstractLifeCycle implements Connection.Listener {
  private static final Duration ROUND = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final long limitNanos;
  private final LongSupplier nanoClock;
  private final Map<Connection, Head> heads = new ConcurrentHashMap<>();

  /**
   * @param limit from the first byte of a request to the end of its head
   */
  HeaderWatch(Scheduler scheduler, Duration limit, LongSupplier nanoClock) {
    this.scheduler = scheduler;
    this.limitNanos = limit.toNanos();
    this.nanoClock = nanoClock;
  }

  /** The head that a connection is to send next. */
  private static final class Head {
    private final long bytesBefore;
    private long begunNanos;
    private boolean begun;

    Head(long bytesBefore) {
      this.bytesBefore = bytesBefore;
    }

    /** Whether it began so long ago; called by one thread. */
    boolean isLate(Connection connection, long now, long limit) {
      if (!begun && connection.getBytesIn() > bytesBefore) {
        begun = true;
        begunNanos = now;
      }
      return begun && now - begunNanos > limit;
    }
  }

  @Override
  protected void doStart() {
    scheduleNext();
  }

  private void scheduleNext() {
    var _ = scheduler.schedule(this::round, ROUND.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void round() {
    long now = nanoClock.getAsLong();
    heads.forEach((connection, head) -> {
      if (head.isLate(connection, now, limitNanos)) {
        heads.remove(connection);
        connection.getEndPoint().close();
      }
    });
    if (isRunning()) {
      scheduleNext();
    }
  }

  @Override
  public void onOpened(Connection connection) {
    heads.put(connection, new Head(0));
  }

  @Override
  public void onClosed(Connection connection) {
    heads.remove(connection);
  }

  /** A request's head has come. */
  void received(Connection connection) {
    heads.remove(connection);
  }

  /** A request has been answered, and another one may follow. */
  void answered(Connection connection) {
    if (connection.getEndPoint().isOpen()) {
      heads.put(connection, new Head(connection.getBytesIn()));
    }
  }
}
