package io.ecluster.libp2p;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the bytes of a host's streams by protocol. The protocols are those we serve and those we
 * ask for, so there are few.
 */
final class TrafficMeter {
  /** How much the last interval weighs in a rate. */
  private static final double WEIGHT = 0.25;

  /** Bytes a second that are taken for silence. */
  private static final double SILENCE = 0.5;

  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  /** The counter of a protocol. */
  Counter of(String protocol) {
    return counters.computeIfAbsent(protocol, _ -> new Counter());
  }

  /** Brings the rates up to date, after so many seconds; called by one thread. */
  void tick(double seconds) {
    counters.values().forEach(counter -> counter.tick(seconds));
  }

  Map<String, Traffic> all() {
    Map<String, Traffic> all = new TreeMap<>();
    counters.forEach((protocol, counter) -> all.put(protocol, counter.traffic()));
    return all;
  }

  /** Counts one protocol's bytes; used by many threads. */
  static final class Counter {
    private final Direction in = new Direction();
    private final Direction out = new Direction();

    void received(long bytes) {
      in.bytes.add(bytes);
    }

    void sent(long bytes) {
      out.bytes.add(bytes);
    }

    private void tick(double seconds) {
      in.tick(seconds);
      out.tick(seconds);
    }

    private Traffic traffic() {
      return new Traffic(in.bytes.sum(), out.bytes.sum(), in.rate, out.rate);
    }
  }

  private static final class Direction {
    private final LongAdder bytes = new LongAdder();
    private long before;
    private volatile double rate;

    void tick(double seconds) {
      long now = bytes.sum();
      double latest = (now - before) / seconds;
      before = now;
      double next = rate == 0 ? latest : rate + WEIGHT * (latest - rate);
      rate = next < SILENCE ? 0 : next;
    }
  }
}
