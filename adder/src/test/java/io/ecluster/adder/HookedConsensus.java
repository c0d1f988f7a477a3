package io.ecluster.adder;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Lets a test act once, at the moment when a coded root's pin is about to be set. */
record HookedConsensus(Consensus consensus, Runnable beforeRoot, AtomicBoolean done)
    implements Consensus {

  HookedConsensus(Consensus consensus, Runnable beforeRoot) {
    this(consensus, beforeRoot, new AtomicBoolean());
  }

  @Override
  public void commit(List<PinChange> changes) {
    boolean root =
        changes.stream()
            .anyMatch(
                change -> change instanceof PinChange.Put put && put.pin().type() == PinType.META);
    if (root && done.compareAndSet(false, true)) {
      beforeRoot.run();
    }
    consensus.commit(changes);
  }

  @Override
  public PinState state() {
    return consensus.state();
  }

  @Override
  public boolean trusts(PeerId peer) {
    return consensus.trusts(peer);
  }

  @Override
  public void trust(PeerId peer) {
    consensus.trust(peer);
  }

  @Override
  public void rebroadcast() {
    consensus.rebroadcast();
  }

  @Override
  public Heads heads() {
    return consensus.heads();
  }

  @Override
  public void close() {
    consensus.close();
  }
}
