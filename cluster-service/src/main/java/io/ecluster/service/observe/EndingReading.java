package io.ecluster.service.observe;

import io.ecluster.multiformats.Cid;
import io.ecluster.recovery.Reading;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** A reading that tells of its end. */
final class EndingReading implements Reading {
  private final Reading reading;
  private final Runnable ended;
  private final AtomicBoolean closed = new AtomicBoolean();

  EndingReading(Reading reading, Runnable ended) {
    this.reading = reading;
    this.ended = ended;
  }

  @Override
  public void expect(List<Cid> next) {
    reading.expect(next);
  }

  @Override
  public byte[] get(Cid cid) {
    return reading.get(cid);
  }

  @Override
  public byte[] read(Cid cid) {
    return reading.read(cid);
  }

  @Override
  public void close() {
    reading.close();
    if (closed.compareAndSet(false, true)) {
      ended.run();
    }
  }
}
