package io.ecluster.service.config;

import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The {@code ipfs_connector.ipfshttp} section: a Kubo daemon.
 *
 * @param apiAuth what Kubo's {@code API.Authorizations} asks for, as {@code bearer:TOKEN} or {@code
 *     basic:USER:PASSWORD}; empty for nothing
 * @param connectSwarmsDelay how long after the start the Kubo daemons of the members are connected
 * @param informerTriggerInterval after so many pins free space is told anew; zero for never
 * @param unpinDisable whether blocks stay pinned when the cluster has unpinned them
 * @param bitswapListenAddresses where lost blocks of coded pins are given to other IPFS nodes;
 *     empty for nowhere
 * @param swarmKeyFile pre-shared key of the private swarm that Kubo is in; empty for none
 */
public record IpfsHttpSettings(
    Multiaddr nodeAddress,
    boolean nodeHttps,
    String apiAuth,
    Duration connectSwarmsDelay,
    Duration requestTimeout,
    Duration pinTimeout,
    Duration unpinTimeout,
    Duration repoGcTimeout,
    int informerTriggerInterval,
    boolean unpinDisable,
    List<Multiaddr> bitswapListenAddresses,
    String swarmKeyFile) {

  static final String DEFAULT_NODE = "/ip4/127.0.0.1/tcp/5001";
  private static final String NAME = "ipfs_connector.ipfshttp.";
  private static final Pattern AUTH = Pattern.compile("bearer:.+|basic:[^:]+:.*|");

  static IpfsHttpSettings read(Section s) {
    Multiaddr node = s.address("node_multiaddress", DEFAULT_NODE);
    boolean https = s.flag("node_https", false);
    s.omitWhen("node_https", false);
    String auth = s.text("api_auth", "");
    s.omitWhen("api_auth", "");
    if (!AUTH.matcher(auth).matches()) {
      throw new ConfigException(
          NAME + "api_auth must be bearer:TOKEN or basic:USER:PASSWORD, as Kubo writes it");
    }
    boolean unpinDisable = s.flag("unpin_disable", false);
    s.omitWhen("unpin_disable", false);
    return new IpfsHttpSettings(
        node,
        https,
        auth,
        s.duration("connect_swarms_delay", Duration.ofSeconds(30)),
        positive(s, "ipfs_request_timeout", Duration.ofMinutes(5)),
        positive(s, "pin_timeout", Duration.ofMinutes(2)),
        positive(s, "unpin_timeout", Duration.ofHours(3)),
        positive(s, "repogc_timeout", Duration.ofHours(24)),
        s.integer("informer_trigger_interval", 0),
        unpinDisable,
        s.addresses("bitswap_listen_multiaddress", List.of("/ip4/0.0.0.0/tcp/0")),
        s.text("swarm_key_file", ""));
  }

  private static Duration positive(Section s, String key, Duration byDefault) {
    return ClusterSettings.positive(s.duration(key, byDefault), NAME + key);
  }

  /** Never shows a password. */
  @Override
  public String toString() {
    return "IpfsHttp[" + nodeAddress + "]";
  }
}
