package io.ecluster.service.daemon;

import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Refusals;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What the host that IPFS nodes reach refuses of what they send. It speaks some protocols of the
 * cluster's host, too, so its counts have names that begin with {@code ipfs_}.
 */
final class IpfsRefusals {
  private final Map<String, Refusals> byProtocol = new ConcurrentSkipListMap<>();

  Libp2pHost counted(Libp2pHost host) {
    host.refusals().forEach(this::put);
    return host;
  }

  Bitswap counted(Bitswap bitswap) {
    put("bitswap", bitswap.refusals());
    return bitswap;
  }

  private void put(String protocol, Refusals refused) {
    byProtocol.put("ipfs_" + protocol, refused);
  }

  /** By name, as it grows. */
  Map<String, Refusals> byProtocol() {
    return Collections.unmodifiableMap(byProtocol);
  }
}
