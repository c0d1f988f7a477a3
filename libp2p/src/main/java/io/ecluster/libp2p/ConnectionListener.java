package io.ecluster.libp2p;

import io.ecluster.multiformats.PeerId;

/** Told of peers that come and go. Calls are made on virtual threads and may block. */
public interface ConnectionListener {
  /** The peer is connected and its protocols are known; called again when they change. */
  void identified(PeerId peer);

  /** The last connection to the peer has closed. */
  void disconnected(PeerId peer);
}
