package io.ecluster.libp2p;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what one protocol has refused of what other peers sent, by reason, so that an operator
 * sees a peer that is broken or hostile. Safe for use by many threads.
 */
public final class Refusals {
  /** Why something was refused. */
  public enum Reason {
    /** It comes from outside of our networks: the secret, or the address, is not ours. */
    FOREIGN,
    /** It cannot be decoded, or says what cannot be. */
    MALFORMED,
    /** It is larger than anything proper. */
    OVERSIZED,
    /** Its signature is missing or does not fit, or it speaks for another peer. */
    FORGED,
    /** Who made it is not trusted. */
    UNTRUSTED,
    /** It asks for a protocol or method that there is not. */
    UNKNOWN,
    /** Its sender has too much under way, or there is no room for more. */
    TOO_MANY,
    /** It names what nobody gives. */
    MISSING;

    /** As it is shown. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);

  public Refusals() {
    for (Reason reason : Reason.values()) {
      counts.put(reason, new LongAdder());
    }
  }

  public void count(Reason reason) {
    count(reason, 1);
  }

  public void count(Reason reason, long times) {
    adder(reason).add(times);
  }

  public long of(Reason reason) {
    return adder(reason).sum();
  }

  private LongAdder adder(Reason reason) {
    return counts.computeIfAbsent(reason, _ -> new LongAdder()); // there from the start
  }

  /** Those reasons that have occurred. */
  public Map<Reason, Long> all() {
    Map<Reason, Long> all = new EnumMap<>(Reason.class);
    counts.forEach((reason, adder) -> {
      if (adder.sum() > 0) {
        all.put(reason, adder.sum());
      }
    });
    return all;
  }
}
