package io.ecluster.service.http;

import io.ecluster.service.config.HttpApiSettings.Timeouts;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose client takes too long: to shake hands, for the head of a request, for
 * the whole of it, or to take the answer. An idle timeout does not see a client who drips a byte
 * now and then, and each such connection takes memory.
 */
final class ConnectionWatch extends AbstractLifeCycle implements Connection.Listener {
  private static final Duration ROUND = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final Timeouts limits;
  private final LongSupplier nanoClock;
  private final Map<Connection, Wait> waits = new ConcurrentHashMap<>();

  ConnectionWatch(Scheduler scheduler, Timeouts limits, LongSupplier nanoClock) {
    this.scheduler = scheduler;
    this.limits = limits;
    this.nanoClock = nanoClock;
  }

  /** What a connection is to do next; looked at by one thread. */
  sealed interface Wait {
    boolean isOver(Connection connection, long now);
  }

  /** A TLS handshake; it gets as long as the head of a request. */
  private final class Handshake implements Wait {
    private final long begunNanos = nanoClock.getAsLong();

    @Override
    public boolean isOver(Connection connection, long now) {
      SslConnection ssl = (SslConnection) connection;
      if (ssl.getSSLEngine().getSession().getCipherSuite().equals("SSL_NULL_WITH_NULL_NULL")) {
        return exceeds(now - begunNanos, limits.readHeader());
      }
      waits.remove(connection, this);
      return false;
    }
  }

  /** The head of a request, from its first byte. */
  private final class Head implements Wait {
    private final long bytesBefore;
    private long begunNanos;
    private boolean begun;

    Head(long bytesBefore) {
      this.bytesBefore = bytesBefore;
    }

    @Override
    public boolean isOver(Connection connection, long now) {
      if (!begun && connection.getBytesIn() > bytesBefore) {
        begun = true;
        begunNanos = now;
      }
      return begun && exceeds(now - begunNanos, limits.readHeader());
    }
  }

  /** The rest of a request, and its answer. */
  final class Work implements Wait {
    private final long begunNanos = nanoClock.getAsLong();
    private volatile boolean received;

    /** The whole request is here. */
    void received() {
      received = true;
    }

    @Override
    public boolean isOver(Connection connection, long now) {
      long taken = now - begunNanos;
      return exceeds(taken, limits.write()) || (!received && exceeds(taken, limits.read()));
    }
  }

  private static boolean exceeds(long nanos, Duration limit) {
    return !limit.isZero() && nanos > limit.toNanos();
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
    waits.forEach((connection, wait) -> {
      if (wait.isOver(connection, now)) {
        waits.remove(connection);
        connection.getEndPoint().close();
      }
    });
    if (isRunning()) {
      scheduleNext();
    }
  }

  @Override
  public void onOpened(Connection connection) {
    waits.put(connection, connection instanceof SslConnection ? new Handshake() : new Head(0));
  }

  @Override
  public void onClosed(Connection connection) {
    waits.remove(connection);
  }

  /** A request's head has come. */
  Work received(Connection connection) {
    Work work = new Work();
    waits.put(connection, work);
    return work;
  }

  /** A request has been answered, and another one may follow. */
  void answered(Connection connection) {
    if (connection.getEndPoint().isOpen()) {
      waits.put(connection, new Head(connection.getBytesIn()));
    } else {
      waits.remove(connection);
    }
  }
}
