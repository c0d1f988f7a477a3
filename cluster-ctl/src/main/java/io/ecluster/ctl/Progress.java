package io.ecluster.ctl;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A bar on stderr for long work: bytes, rate and time left. Draws nothing unless stderr is a
 * terminal.
 */
final class Progress implements AutoCloseable {
  private static final long REDRAW_NANOS = 100_000_000;
  private static final int BAR_WIDTH = 30;

  private final Output output;
  private final boolean shown;
  private final long totalBytes;
  private final LongSupplier nanoClock;
  private final long started;
  private final ReentrantLock lock = new ReentrantLock(); // one thread uploads, another prints
  private long done;
  private long lastDrawn;

  /**
   * @param totalBytes 0 when it is not known
   */
  Progress(Output output, boolean quiet, long totalBytes, LongSupplier nanoClock) {
    this.output = output;
    this.shown = output.errorStyle().terminal() && !quiet;
    this.totalBytes = totalBytes;
    this.nanoClock = nanoClock;
    this.started = nanoClock.getAsLong();
    this.lastDrawn = started;
  }

  OutputStream counting(OutputStream out) {
    return new FilterOutputStream(out) {
      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
        add(length);
      }
    };
  }

  InputStream counting(InputStream in) {
    return new FilterInputStream(in) {
      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        int count = in.read(bytes, from, length);
        add(Math.max(count, 0));
        return count;
      }
    };
  }

  private void add(int bytes) {
    lock.lock();
    try {
      done += bytes;
      long now = nanoClock.getAsLong();
      if (shown && now - lastDrawn >= REDRAW_NANOS) {
        lastDrawn = now;
        output.err().print("\r" + line(now) + "\033[K");
        output.err().flush();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Prints something else than the bar, which makes way for it. */
  void aside(Runnable print) {
    lock.lock();
    try {
      erase();
      print.run();
    } finally {
      lock.unlock();
    }
  }

  private void erase() {
    if (shown) {
      output.err().print("\r\033[K");
      output.err().flush();
    }
  }

  String line(long now) {
    double seconds = Math.max(1e-3, (now - started) / 1e9);
    long rate = Math.round(done / seconds);
    String head = Sizes.text(done);
    if (totalBytes == 0) {
      return "%s  %s/s".formatted(head, Sizes.text(rate));
    }
    double part = Math.min(1, (double) done / totalBytes);
    int filled = (int) (part * BAR_WIDTH);
    long left = rate == 0 ? 0 : Math.max(0, totalBytes - done) / rate;
    return "%s / %s [%s%s] %3.0f%%  %s/s  %d:%02d left"
        .formatted(
            head,
            Sizes.text(totalBytes),
            "=".repeat(filled),
            " ".repeat(BAR_WIDTH - filled),
            part * 100,
            Sizes.text(rate),
            left / 60,
            left % 60);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      erase();
    } finally {
      lock.unlock();
    }
  }
}
