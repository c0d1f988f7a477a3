package io.ecluster.libp2p;

import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.mux.MuxSettings;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a host is made of.
 *
 * @param listen only TCP addresses are listened on, others are left out silently; port 0 takes a
 *     free one
 * @param secret of the private network; without one the host joins an open network
 * @param announce turns the addresses we listen on into those told to others
 * @param agent a free text that names the program
 */
public record HostConfig(
    Identity identity,
    List<Multiaddr> listen,
    Optional<PreSharedKey> secret,
    UnaryOperator<List<Multiaddr>> announce,
    String agent,
    HostLimits limits,
    MuxSettings mux,
    SecureRandom random) {
  public HostConfig {
    listen = List.copyOf(listen);
  }

  /** An open host that does not listen. */
  public static HostConfig of(Identity identity) {
    return new HostConfig(
        identity,
        List.of(),
        Optional.empty(),
        UnaryOperator.identity(),
        "ecluster",
        HostLimits.STANDARD,
        MuxSettings.STANDARD,
        new SecureRandom());
  }

  public HostConfig withListen(Multiaddr... addresses) {
    return withListen(List.of(addresses));
  }

  public HostConfig withListen(List<Multiaddr> addresses) {
    return new HostConfig(identity, addresses, secret, announce, agent, limits, mux, random);
  }

  public HostConfig withSecret(PreSharedKey key) {
    return new HostConfig(identity, listen, Optional.of(key), announce, agent, limits, mux, random);
  }

  public HostConfig withAnnounce(UnaryOperator<List<Multiaddr>> choice) {
    return new HostConfig(identity, listen, secret, choice, agent, limits, mux, random);
  }

  public HostConfig withAgent(String name) {
    return new HostConfig(identity, listen, secret, announce, name, limits, mux, random);
  }

  public HostConfig withLimits(HostLimits granted) {
    return new HostConfig(identity, listen, secret, announce, agent, granted, mux, random);
  }

  public HostConfig withMux(MuxSettings settings) {
    return new HostConfig(identity, listen, secret, announce, agent, limits, settings, random);
  }

  public HostConfig withRandom(SecureRandom source) {
    return new HostConfig(identity, listen, secret, announce, agent, limits, mux, source);
  }
}
