package io.ecluster.core.peers;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/**
 * What a peer says of itself: the ID record of the RPC and HTTP APIs.
 *
 * @param error empty unless the peer could not be asked
 */
public record PeerInfo(
    PeerId id,
    List<Multiaddr> addresses,
    List<PeerId> clusterPeers,
    List<Multiaddr> clusterPeersAddresses,
    String version,
    String commit,
    String rpcProtocolVersion,
    String error,
    IpfsInfo ipfs,
    String peerName) {

  public PeerInfo {
    addresses = List.copyOf(addresses);
    clusterPeers = List.copyOf(clusterPeers);
    clusterPeersAddresses = List.copyOf(clusterPeersAddresses);
  }

  /** The IPFS node of a peer, or why it does not answer. */
  public record IpfsInfo(Optional<PeerId> id, List<Multiaddr> addresses, String error) {
    public IpfsInfo {
      addresses = List.copyOf(addresses);
    }
  }
}
