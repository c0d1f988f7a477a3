package io.ecluster.service.daemon;

import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.HostLimits;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ClusterSettings;
import io.ecluster.service.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Makes the two hosts: the cluster's, private if there is a secret, and the IPFS node's. */
final class Network {
  private Network() {}

  static Libp2pHost clusterHost(ClusterSettings settings, Identity identity) {
    HostConfig config =
        HostConfig.of(identity)
            .withListen(settings.listenAddresses())
            .withAgent(Daemon.AGENT)
            .withLimits(limits(settings.connectionsHighWater()));
    if (settings.secret().isPresent()) {
      config = config.withSecret(new PreSharedKey(settings.secret().get()));
    }
    return create(
        config.withAnnounce(listening -> announced(settings, listening)),
        "cluster.listen_multiaddress");
  }

  /** What is to be announced if that is set, else where we listen; never what is not to be. */
  private static List<Multiaddr> announced(ClusterSettings settings, List<Multiaddr> listening) {
    List<Multiaddr> announced =
        settings.announceAddresses().isEmpty() ? listening : settings.announceAddresses();
    return announced.stream()
        .filter(address -> !settings.noAnnounceAddresses().contains(address))
        .toList();
  }

  /** The high water of Go's connection manager is where we stop taking connections. */
  private static HostLimits limits(int maxConnections) {
    HostLimits standard = HostLimits.STANDARD;
    return new HostLimits(
        maxConnections,
        standard.maxConnectionsPerAddress(),
        standard.maxHalfOpen(),
        standard.maxHalfOpenPerAddress(),
        standard.handshakeTimeout(),
        standard.negotiationTimeout(),
        standard.identifyTimeout());
  }

  /**
   * @param swarmKeyFile of a private swarm; empty for none
   * @param setting that says where to listen
   */
  static Libp2pHost ipfsHost(
      List<Multiaddr> listen, String swarmKeyFile, String setting, Identity identity, Path folder) {
    HostConfig config = HostConfig.of(identity).withListen(listen).withAgent(Daemon.AGENT);
    Optional<PreSharedKey> key = swarmKey(swarmKeyFile, folder);
    return create(key.isPresent() ? config.withSecret(key.get()) : config, setting);
  }

  private static Libp2pHost create(HostConfig config, String setting) {
    try {
      return Libp2pHost.create(config);
    } catch (IOException e) {
      throw new ConfigException(
          setting
              + ": cannot listen on "
              + config.listen()
              + " ("
              + e.getMessage()
              + "); is another daemon running?",
          e);
    }
  }

  /** Kubo's swarm.key: two header lines, then 64 hexadecimal digits. */
  private static Optional<PreSharedKey> swarmKey(String name, Path folder) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Path file = folder.resolve(name);
    try {
      List<String> lines = Files.readAllLines(file);
      return Optional.of(PreSharedKey.parse(lines.getLast().strip()));
    } catch (IOException | RuntimeException e) {
      throw new ConfigException("swarm key " + file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
