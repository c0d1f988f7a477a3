package io.ecluster.ipfs.embedded;

import io.ecluster.multiformats.FingerprintSet;
import io.ecluster.multiformats.Multihash;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What garbage collection must leave although no pin names it: blocks put while an add's guard is
 * open, and blocks that a pin in progress has met. Each add and each pin holds one shield, a set of
 * its own; {@link EmbeddedIpfsNode} explains why that is safe. While a collection runs a shield
 * that is let go stays up, because the pin that took its place may be one the collection did not
 * see.
 */
final class Shields {
  private final CopyOnWriteArrayList<Shield> up = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Shield> lingering = new ArrayList<>();
  private boolean collecting;

  /** One holder's set; {@code takesPuts} if everything put anywhere in the node belongs to it. */
  final class Shield implements AutoCloseable {
    private final FingerprintSet blocks = new FingerprintSet();
    private final boolean takesPuts;

    private Shield(boolean takesPuts) {
      this.takesPuts = takesPuts;
    }

    void add(Multihash hash) {
      blocks.add(hash);
    }

    @Override
    public void close() {
      letGo(this);
    }
  }

  /** For an add: takes in every block that is put from now on. */
  Shield forPuts() {
    return raise(true);
  }

  /** For a pin: takes in what it is told. */
  Shield forWalk() {
    return raise(false);
  }

  private Shield raise(boolean takesPuts) {
    Shield shield = new Shield(takesPuts);
    up.add(shield);
    return shield;
  }

  /** A block is being put; the caller holds the block's lock. */
  void put(Multihash hash) {
    for (Shield shield : up) {
      if (shield.takesPuts) {
        shield.add(hash);
      }
    }
  }

  /** Whether this block was put, and so had its hash checked, under an add that is still open. */
  boolean recentlyPut(Multihash hash) {
    return up.stream().anyMatch(shield -> shield.takesPuts && shield.blocks.contains(hash));
  }

  /** Whether the block must stay; the caller holds the block's lock. */
  boolean covers(Multihash hash) {
    return up.stream().anyMatch(shield -> shield.blocks.contains(hash));
  }

  /** Begins a collection: from here to its end no shield falls, and what is put is covered. */
  Shield beginCollection() {
    lock.lock();
    try {
      collecting = true;
      return forPuts();
    } finally {
      lock.unlock();
    }
  }

  void endCollection(Shield own) {
    lock.lock();
    try {
      collecting = false;
      up.remove(own);
      up.removeAll(lingering);
      lingering.clear();
    } finally {
      lock.unlock();
    }
  }

  private void letGo(Shield shield) {
    lock.lock();
    try {
      if (collecting) {
        lingering.add(shield);
      } else {
        up.remove(shield);
      }
    } finally {
      lock.unlock();
    }
  }
}
