package io.ecluster.service.config;

import io.ecluster.client.GoDuration;
import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.List;

/**
 * The {@code api.ipfsproxy} section.
 *
 * @param listenAddresses empty for no proxy
 * @param nodeAddress the Kubo daemon behind it, where there is one
 * @param logFile of requests, relative to the folder of the configuration; empty for the log
 * @param extractHeadersTtl zero: what was extracted never expires
 */
public record IpfsProxySettings(
    List<Multiaddr> listenAddresses,
    Multiaddr nodeAddress,
    boolean nodeHttps,
    int maxHeaderBytes,
    HttpApiSettings.Timeouts timeouts,
    String logFile,
    List<String> extractHeadersExtra,
    String extractHeadersPath,
    Duration extractHeadersTtl) {

  private static final String EXTRACT_PATH = "/api/v0/version";
  private static final Duration EXTRACT_TTL = Duration.ofMinutes(5);

  static IpfsProxySettings read(Section s) {
    List<Multiaddr> listen = s.addresses("listen_multiaddress", List.of("/ip4/127.0.0.1/tcp/9095"));
    Multiaddr node = s.address("node_multiaddress", IpfsHttpSettings.DEFAULT_NODE);
    boolean https = s.flag("node_https", false);
    s.omitWhen("node_https", false);
    String log = s.text("log_file", "");
    HttpApiSettings.Timeouts timeouts =
        new HttpApiSettings.Timeouts(
            s.duration("read_timeout", Duration.ZERO),
            s.duration("read_header_timeout", Duration.ofSeconds(5)),
            s.duration("write_timeout", Duration.ZERO),
            s.duration("idle_timeout", Duration.ofMinutes(1)));
    int headerBytes = HttpServerSettings.maxHeaderBytes(s, "api.ipfsproxy");
    List<String> extra = s.texts("extract_headers_extra", List.of(), List.of());
    s.omitWhen("extract_headers_extra", List.of());
    String path = s.text("extract_headers_path", EXTRACT_PATH);
    s.omitWhen("extract_headers_path", EXTRACT_PATH);
    Duration ttl = s.duration("extract_headers_ttl", EXTRACT_TTL);
    s.omitWhen("extract_headers_ttl", GoDuration.format(EXTRACT_TTL));
    return new IpfsProxySettings(listen, node, https, headerBytes, timeouts, log, extra, path, ttl);
  }
}
