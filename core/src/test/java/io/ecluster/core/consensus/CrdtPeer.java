package io.ecluster.core.consensus;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.state.Datastore;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Clock;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;

/** A consensus with its network, and a listener that keeps what it was told. */
final class CrdtPeer implements AutoCloseable {
  final PeerId id;
  final MemoryNetwork.Member network;
  final CrdtConsensus consensus;
  final Map<Cid, String> told = new ConcurrentSkipListMap<>();

  CrdtPeer(MemoryNetwork net, int number, Datastore store, CrdtConfig config) {
    id = TestPins.peer(number);
    network = net.join(id, new CrdtBlocks(store));
    consensus =
        new CrdtConsensus(
            store,
            network,
            network,
            id,
            config,
            Clock.systemUTC(),
            new SplittableRandom(number),
            new Recorder());
    consensus.start();
  }

  Map<Cid, String> names() {
    return TestPins.names(consensus.state());
  }

  @Override
  public void close() {
    consensus.close();
    network.close();
  }

  private final class Recorder implements Consensus.Listener {
    @Override
    public void pinned(Pin pin) {
      told.put(pin.cid(), pin.options().name());
    }

    @Override
    public void unpinned(Cid cid) {
      told.remove(cid);
    }
  }
}
