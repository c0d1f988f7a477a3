package io.ecluster.core.consensus;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;

/** Keeps the pinset the same on all peers. */
public interface Consensus extends AutoCloseable {
  /**
   * Applies the changes in one delta: other peers see all of them or none. Only changes that take
   * more than 1 MiB together, some thousands, are split over several. Returns once they are stored
   * here and announced; with batching, once they are queued.
   *
   * @throws ConsensusException if they are not taken
   */
  void commit(List<PinChange> changes);

  PinState state();

  /** Whether messages and calls of this peer are honoured. Oneself always is. */
  boolean trusts(PeerId peer);

  /** Adds a peer to those trusted, as {@code --bootstrap} does. */
  void trust(PeerId peer);

  /** Announces the current heads again, so that a peer that just came learns of them. */
  void rebroadcast();

  /** Heads (count, greatest height) and whether a repair is due. */
  Heads heads();

  /** What is still to come; costs nothing to ask. */
  default Progress progress() {
    return new Progress(0, 0);
  }

  @Override
  void close();

  /** The tips of the delta DAG. */
  record Heads(List<Cid> cids, long maxHeight, boolean dirty) {}

  /**
   * How the copy here stands.
   *
   * @param fetching blocks that are being fetched or wait for that, as far as they are in memory
   * @param stuck blocks that no connected peer gave; they are tried again
   */
  record Progress(int fetching, long stuck) {}

  /** One change to the pinset. */
  sealed interface PinChange {
    record Put(Pin pin) implements PinChange {}

    record Remove(Cid cid) implements PinChange {}
  }

  /**
   * Told of pins that are set or removed, whoever did it; called in order, must not block for long.
   */
  interface Listener {
    void pinned(Pin pin);

    void unpinned(Cid cid);

    /** Tells both, in this order. */
    static Listener both(Listener first, Listener second) {
      return new Listener() {
        @Override
        public void pinned(Pin pin) {
          first.pinned(pin);
          second.pinned(pin);
        }

        @Override
        public void unpinned(Cid cid) {
          first.unpinned(cid);
          second.unpinned(cid);
        }
      };
    }
  }
}
