package io.ecluster.adder;

import io.ecluster.core.consensus.Consensus;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.state.PinState;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Lets a test act before changes are committed. */
record HookedConsensus(Consensus consensus, Consumer<List<Consensus.PinChange>> before)
    implements Consensus {

  /** Acts once, at the moment when a coded root's pin is about to be set. */
  static HookedConsensus beforeRoot(Consensus consensus, Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return new HookedConsensus(
        consensus,
        changes -> {
          if (changes.stream().anyMatch(HookedConsensus::isRoot)
              && done.compareAndSet(false, true)) {
            action.run();
          }
        });
  }

  private static boolean isRoot(PinChange change) {
    return change instanceof PinChange.Put put && put.pin().type() == PinType.META;
  }

  @Override
  public void commit(List<PinChange> changes) {
    before.accept(changes);
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
