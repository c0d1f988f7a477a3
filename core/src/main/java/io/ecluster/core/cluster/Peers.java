package io.ecluster.core.cluster;

import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.List;

/** Who is there. */
public interface Peers {
  PeerId self();

  /** Members whose ping has not run out, oneself included. */
  List<PeerId> live();

  /** Asks now whether a peer answers; at once when its connection is gone. */
  boolean answers(PeerId peer);

  /**
   * As {@link #answers(PeerId)}, for when much depends on it: one that did not answer just now is
   * asked anew and given so much time.
   */
  boolean answers(PeerId peer, Duration patience);
}
