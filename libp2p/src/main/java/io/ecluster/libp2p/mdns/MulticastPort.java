package io.ecluster.libp2p.mdns;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A socket that is in the group, on all interfaces that can multicast. */
interface MulticastPort extends Closeable {
  /** A packet and who sent it. */
  record Received(byte[] packet, InetSocketAddress from) {}

  /** Sends to the group on each interface; interfaces that came up meanwhile are joined. */
  void send(byte[] packet) throws IOException;

  /**
   * Waits for a packet; longer ones than may be are cut.
   *
   * @throws IOException when the socket is closed
   */
  Received receive() throws IOException;

  @Override
  void close();
}
