package io.ecluster.libp2p;

import java.time.Duration;

/**
 * What a host grants to others, and how long it waits for them.
 *
 * @param maxConnections open at once, in both directions
 * @param maxConnectionsPerAddress inbound from one IP address; loopback is exempt
 * @param maxHalfOpen inbound connections whose handshake is under way
 * @param maxHalfOpenPerAddress the same, from one IP address; loopback is exempt
 * @param handshakeTimeout from the first byte to a connection that is secured and multiplexed
 * @param negotiationTimeout for agreeing on the protocol of an inbound stream
 * @param identifyTimeout for a new peer to say who it is
 */
public record HostLimits(
    int maxConnections,
    int maxConnectionsPerAddress,
    int maxHalfOpen,
    int maxHalfOpenPerAddress,
    Duration handshakeTimeout,
    Duration negotiationTimeout,
    Duration identifyTimeout) {
  /** Room for a large cluster, several peers behind one address among them; Go's timeouts. */
  public static final HostLimits STANDARD =
      new HostLimits(
          1000,
          64,
          256,
          32,
          Duration.ofSeconds(15),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10));

  public HostLimits {
    if (maxConnections < 1 || maxConnectionsPerAddress < 1) {
      throw new IllegalArgumentException("a host needs connections");
    }
    if (maxHalfOpen < 1 || maxHalfOpenPerAddress < 1) {
      throw new IllegalArgumentException("a host needs connections that are being made");
    }
  }

  public HostLimits withHandshakeTimeout(Duration timeout) {
    return new HostLimits(
        maxConnections,
        maxConnectionsPerAddress,
        maxHalfOpen,
        maxHalfOpenPerAddress,
        timeout,
        negotiationTimeout,
        identifyTimeout);
  }
}
