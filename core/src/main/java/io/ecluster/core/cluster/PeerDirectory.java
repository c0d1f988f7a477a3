package io.ecluster.core.cluster;

import io.ecluster.core.tracker.Identity;
import io.ecluster.multiformats.PeerId;
import java.util.Optional;

/** What is known of other peers without asking them: what their last ping metric said. */
@FunctionalInterface
public interface PeerDirectory {
  Optional<Identity> find(PeerId peer);
}
