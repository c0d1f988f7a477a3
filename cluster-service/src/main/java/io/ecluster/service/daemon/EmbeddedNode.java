package io.ecluster.service.daemon;

import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.ipfs.bitswap.BitswapSettings;
import io.ecluster.ipfs.bitswap.ObtainableBlocks;
import io.ecluster.ipfs.embedded.EmbeddedIpfsNode;
import io.ecluster.ipfs.embedded.EmbeddedIpfsSettings;
import io.ecluster.ipfs.embedded.SwarmView;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;

/** The IPFS node inside this daemon: a store, and a host with an identity of its own. */
final class EmbeddedNode {
  private EmbeddedNode() {}

  /**
   * @param offers what is given away beside the blocks that are stored
   * @param refused counts what is refused
   */
  static IpfsNode start(
      Folder folder,
      Settings.Embedded settings,
      ObtainableBlocks offers,
      IpfsRefusals refused,
      SecureRandom random,
      Closers closers) {
    Path data = folder.resolve(settings.folder());
    Identity identity = new Folder(data).initialiseIdentity(Map.of(), random);
    Libp2pHost host =
        closers.add(
            Network.ipfsHost(
                settings.listenAddresses(),
                settings.swarmKeyFile(),
                "ipfs_connector.embedded.listen_multiaddress",
                identity,
                folder.path()));
    EmbeddedIpfsSettings node =
        EmbeddedIpfsSettings.defaults()
            .withStorageMaxBytes(settings.storageMaxBytes())
            .withPinTimeout(settings.pinTimeout())
            .withSync(settings.sync());
    IpfsNode ipfs =
        closers.add(
            EmbeddedIpfsNode.open(
                data,
                node,
                SwarmView.of(host),
                local ->
                    refused.counted(new Bitswap(host, local, offers, BitswapSettings.standard()))));
    refused.counted(host).start();
    return ipfs;
  }
}
