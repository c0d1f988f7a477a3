package io.ecluster.core.monitor;

import io.ecluster.core.monitor.Monitor.Alert;
import io.ecluster.multiformats.PeerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The newest metric of each name and peer. Nothing asks for older ones: expiry is the only failure
 * detection, as in Go. What hostile publishers can make it hold is bounded.
 */
final class MetricStore {
  /** Some names for each of a thousand peers and more. */
  static final int MAX_SERIES = 16 * 1024;

  /** Far more than the names and tags that a peer has: no peer takes the room of others. */
  static final int MAX_SERIES_PER_PEER = 64;

  /** Expired metrics are kept this many checks, so that each is alerted of once. */
  static final int FORGET_AFTER_CHECKS = 300;

  private record Key(String name, PeerId peer) {}

  /** A series: its newest metric, whether a probe has refuted it, and checks since its alert. */
  private static final class Series {
    private Metric newest;
    private boolean refuted;
    private int checksSinceAlert = -1;

    Series(Metric first) {
      newest = first;
    }

    boolean liveAt(Instant now) {
      return !refuted && newest.liveAt(now);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, Series> all = new HashMap<>();
  private final Map<PeerId, Integer> perPeer = new HashMap<>();

  /** Keeps a metric; false if there is no room or it is older than what a probe has refuted. */
  boolean add(Metric metric, Instant now) {
    lock.lock();
    try {
      Key key = new Key(metric.name(), metric.peer());
      Series series = all.get(key);
      return series == null ? addSeries(key, metric, now) : renew(series, metric);
    } finally {
      lock.unlock();
    }
  }

  private boolean addSeries(Key key, Metric metric, Instant now) {
    if (isFull(key.peer())) {
      all.values().removeIf(series -> removable(series, now));
    }
    if (isFull(key.peer())) {
      return false;
    }
    all.put(key, new Series(metric));
    perPeer.merge(key.peer(), 1, Integer::sum);
    return true;
  }

  private boolean isFull(PeerId peer) {
    return all.size() >= MAX_SERIES || perPeer.getOrDefault(peer, 0) >= MAX_SERIES_PER_PEER;
  }

  private boolean removable(Series series, Instant now) {
    boolean removable = !series.liveAt(now);
    if (removable) {
      forget(series);
    }
    return removable;
  }

  private void forget(Series series) {
    perPeer.computeIfPresent(series.newest.peer(), (peer, count) -> count == 1 ? null : count - 1);
  }

  /** A dead peer's last words may still be under way when it has been found dead. */
  private static boolean renew(Series series, Metric metric) {
    if (series.refuted && !metric.expire().isAfter(series.newest.expire())) {
      return false;
    }
    series.newest = metric;
    series.refuted = false;
    series.checksSinceAlert = -1;
    return true;
  }

  /** The live metrics of a name, sorted by peer. */
  List<Metric> latest(String name, Instant now) {
    lock.lock();
    try {
      return all.entrySet().stream()
          .filter(entry -> entry.getKey().name().equals(name))
          .filter(entry -> entry.getValue().liveAt(now))
          .map(entry -> entry.getValue().newest)
          .sorted(Comparator.comparing(Metric::peer))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  Set<String> names() {
    lock.lock();
    try {
      Set<String> names = new TreeSet<>();
      all.keySet().forEach(key -> names.add(key.name()));
      return names;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the peer has a live metric of this name. */
  boolean isLive(String name, PeerId peer, Instant now) {
    lock.lock();
    try {
      Series series = all.get(new Key(name, peer));
      return series != null && series.liveAt(now);
    } finally {
      lock.unlock();
    }
  }

  void refute(PeerId peer) {
    lock.lock();
    try {
      all.forEach((key, series) -> {
        if (key.peer().equals(peer)) {
          series.refuted = true;
        }
      });
    } finally {
      lock.unlock();
    }
  }

  /** What has run out since the last check. */
  List<Alert> check(Instant now) {
    lock.lock();
    try {
      List<Alert> alerts = new ArrayList<>();
      for (Iterator<Series> each = all.values().iterator(); each.hasNext(); ) {
        Series series = each.next();
        Alert alert = check(series, now);
        if (alert != null) {
          alerts.add(alert);
        }
        if (series.checksSinceAlert >= FORGET_AFTER_CHECKS) {
          each.remove();
          forget(series);
        }
      }
      return alerts;
    } finally {
      lock.unlock();
    }
  }

  private static @Nullable Alert check(Series series, Instant now) {
    if (series.refuted || !now.isBefore(series.newest.expire())) {
      series.checksSinceAlert++;
      return series.checksSinceAlert == 0 ? new Alert(series.newest, now) : null;
    }
    return null;
  }
}
