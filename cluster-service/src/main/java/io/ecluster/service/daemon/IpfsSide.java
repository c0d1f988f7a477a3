package io.ecluster.service.daemon;

import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.ipfs.bitswap.BitswapSettings;
import io.ecluster.ipfs.bitswap.NodeBlocks;
import io.ecluster.ipfs.bitswap.ObtainableBlocks;
import io.ecluster.ipfs.embedded.SwarmView;
import io.ecluster.ipfs.kubo.KuboIpfsNode;
import io.ecluster.ipfs.kubo.KuboSettings;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.IpfsHttpSettings;
import io.ecluster.service.config.Settings;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The IPFS node that this peer uses, embedded or Kubo.
 *
 * @param addresses where IPFS nodes reach this daemon beside that node
 * @param isKubo whether the node is a process of its own, which may restart at any time
 * @param swarmDelay how long after the start the members' nodes are connected
 * @param pinsMade takes what to do after so many pins as the settings say
 * @param refused what is refused of what IPFS nodes send
 */
record IpfsSide(
    IpfsNode node,
    Supplier<List<Multiaddr>> addresses,
    boolean isKubo,
    Duration swarmDelay,
    Consumer<Runnable> pinsMade,
    IpfsRefusals refused) {
  /** Until members are known; an embedded node is ready at once. */
  private static final Duration EMBEDDED_SWARM_DELAY = Duration.ofSeconds(2);

  /** Where the identity of the host beside Kubo is. */
  private static final String HOST_FOLDER = "ipfs";

  /**
   * Starts an embedded node, or a host beside a Kubo node that gives away blocks and takes none.
   *
   * @param offers what is given away beside the blocks that the node stores
   */
  static IpfsSide start(
      Folder folder,
      Settings settings,
      ObtainableBlocks offers,
      SecureRandom random,
      Closers closers) {
    if (settings.ipfsHttp().isPresent()) {
      return kubo(folder, settings.ipfsHttp().get(), offers, random, closers);
    }
    IpfsRefusals refused = new IpfsRefusals();
    IpfsNode node =
        EmbeddedNode.start(folder, settings.embedded(), offers, refused, random, closers);
    return new IpfsSide(node, List::of, false, EMBEDDED_SWARM_DELAY, _ -> {}, refused);
  }

  private static IpfsSide kubo(
      Folder folder,
      IpfsHttpSettings settings,
      ObtainableBlocks offers,
      SecureRandom random,
      Closers closers) {
    KuboIpfsNode node = closers.add(KuboIpfsNode.open(settingsOf(settings)));
    IpfsRefusals refused = new IpfsRefusals();
    Supplier<List<Multiaddr>> addresses =
        settings.bitswapListenAddresses().isEmpty()
            ? List::of
            : SwarmView.of(hostBeside(node, folder, settings, offers, refused, random, closers))
                ::addresses;
    int every = settings.informerTriggerInterval();
    return new IpfsSide(
        node,
        addresses,
        true,
        settings.connectSwarmsDelay(),
        action -> node.afterPins(every, action),
        refused);
  }

  /** Gives blocks away, and asks for none. */
  private static Libp2pHost hostBeside(
      KuboIpfsNode node,
      Folder folder,
      IpfsHttpSettings settings,
      ObtainableBlocks offers,
      IpfsRefusals refused,
      SecureRandom random,
      Closers closers) {
    Identity identity =
        new Folder(folder.resolve(HOST_FOLDER)).initialiseIdentity(Map.of(), random);
    Libp2pHost host =
        closers.add(
            Network.ipfsHost(
                settings.bitswapListenAddresses(),
                settings.swarmKeyFile(),
                "ipfs_connector.ipfshttp.bitswap_listen_multiaddress",
                identity,
                folder.path()));
    closers.add(
        refused.counted(
            new Bitswap(host, new NodeBlocks(node), offers, BitswapSettings.standard())));
    refused.counted(host).start();
    return host;
  }

  static KuboSettings settingsOf(IpfsHttpSettings settings) {
    return new KuboSettings(
        settings.nodeAddress(),
        settings.nodeHttps(),
        authorization(settings.apiAuth()),
        settings.requestTimeout(),
        settings.pinTimeout(),
        settings.unpinTimeout(),
        settings.repoGcTimeout(),
        settings.unpinDisable());
  }

  /** Kubo writes {@code bearer:TOKEN} and {@code basic:USER:PASSWORD}; HTTP wants a header. */
  static String authorization(String auth) {
    int colon = auth.indexOf(':');
    if (colon < 0) {
      return "";
    }
    String secret = auth.substring(colon + 1);
    if (auth.startsWith("bearer:")) {
      return "Bearer " + secret;
    }
    byte[] pair = secret.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }
}
