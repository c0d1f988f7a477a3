package io.ecluster.core.rpc;

import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Map;

/** Who is connected to whom, cluster and IPFS side. */
public record ConnectGraph(
    PeerId clusterId,
    Map<PeerId, String> idToPeerName,
    Map<PeerId, List<PeerId>> ipfsLinks,
    Map<PeerId, List<PeerId>> clusterLinks,
    Map<PeerId, Boolean> clusterTrustLinks,
    Map<PeerId, PeerId> clusterToIpfs) {

  public ConnectGraph {
    idToPeerName = Map.copyOf(idToPeerName);
    ipfsLinks = Map.copyOf(ipfsLinks);
    clusterLinks = Map.copyOf(clusterLinks);
    clusterTrustLinks = Map.copyOf(clusterTrustLinks);
    clusterToIpfs = Map.copyOf(clusterToIpfs);
  }
}
