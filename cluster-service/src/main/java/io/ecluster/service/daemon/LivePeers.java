package io.ecluster.service.daemon;

import io.ecluster.core.cluster.Peers;
import io.ecluster.core.peers.Liveness;
import io.ecluster.core.peers.Membership;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.List;

/** Members by their pings, and who answers when asked. */
record LivePeers(PeerId self, Membership membership, Liveness liveness) implements Peers {
  @Override
  public List<PeerId> live() {
    return membership.members();
  }

  @Override
  public boolean answers(PeerId peer) {
    return liveness.alive(peer);
  }

  @Override
  public boolean answers(PeerId peer, Duration patience) {
    return liveness.alive(peer) || liveness.alive(peer, patience);
  }
}
