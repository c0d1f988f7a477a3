package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** Message ids met lately, oldest first. Bounded in time and number. Not thread-safe. */
final class SeenCache {
  /** About 20 MB; a hundred peers of normal manners make 60,000 messages in half an hour. */
  static final int MAX_IDS = 200_000;

  private final Duration ttl;
  private final Map<ByteString, Instant> seen = new LinkedHashMap<>();

  SeenCache(Duration ttl) {
    this.ttl = ttl;
  }

  boolean has(ByteString id) {
    return seen.containsKey(id);
  }

  /** False if it was there. */
  boolean add(ByteString id, Instant now) {
    boolean added = seen.putIfAbsent(id, now) == null;
    if (seen.size() > MAX_IDS) {
      Iterator<ByteString> oldest = seen.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return added;
  }

  void expire(Instant now) {
    Instant limit = now.minus(ttl);
    Iterator<Instant> times = seen.values().iterator();
    while (times.hasNext() && times.next().isBefore(limit)) {
      times.remove();
    }
  }

  int size() {
    return seen.size();
  }
}
