package io.ecluster.service.config;

import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code api.restapi} section, or {@code api.pinsvcapi}, which has the same keys.
 *
 * @param tls empty for plain HTTP
 * @param libp2p empty unless the API is served over libp2p too
 * @param users password by name; empty if everybody may call
 * @param logFile of requests, relative to the folder of the configuration; empty for the log
 * @param headers put into every answer
 */
public record HttpApiSettings(
    List<Multiaddr> listenAddresses,
    Optional<Tls> tls,
    Timeouts timeouts,
    int maxHeaderBytes,
    Optional<Libp2p> libp2p,
    Optional<Map<String, String>> users,
    String logFile,
    Map<String, List<String>> headers,
    CorsSettings cors) {

  public HttpApiSettings {
    listenAddresses = List.copyOf(listenAddresses);
    users = users.map(Map::copyOf);
    headers = Map.copyOf(headers);
  }

  /** Names of PEM files, relative to the folder of the configuration. */
  public record Tls(String certificateFile, String keyFile) {}

  /**
   * How long a client may take; zero: for ever.
   *
   * @param read for a whole request
   * @param readHeader for the head of a request
   * @param write from the head of a request to the end of its answer
   * @param idle between two requests
   */
  public record Timeouts(Duration read, Duration readHeader, Duration write, Duration idle) {
    /** Go's defaults. */
    public static final Timeouts STANDARD =
        new Timeouts(Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO, Duration.ofMinutes(2));
  }

  /** A libp2p host of its own, apart from the cluster's network. */
  public record Libp2p(List<Multiaddr> listenAddresses, Identity identity) {
    public Libp2p {
      listenAddresses = List.copyOf(listenAddresses);
    }
  }

  /** Whether anything is to be listened on. */
  public boolean isOn() {
    return !listenAddresses.isEmpty() || libp2p.isPresent();
  }

  /** Never shows a password. */
  @Override
  public String toString() {
    return "HttpApi" + listenAddresses + (users.isPresent() ? " with users" : "");
  }

  /**
   * @param section the path of the section, for messages
   * @param address where to listen unless the file says otherwise
   */
  static HttpApiSettings read(Section s, String section, String address) {
    List<Multiaddr> listen = s.addresses("http_listen_multiaddress", List.of(address));
    Optional<Tls> tls = tls(s, section);
    Timeouts standard = Timeouts.STANDARD;
    Timeouts timeouts =
        new Timeouts(
            s.duration("read_timeout", standard.read()),
            s.duration("read_header_timeout", standard.readHeader()),
            s.duration("write_timeout", standard.write()),
            s.duration("idle_timeout", standard.idle()));
    int headerBytes = HttpServerSettings.maxHeaderBytes(s, section);
    Optional<Libp2p> libp2p = libp2p(s, section);
    Map<String, String> users = s.textMap("basic_auth_credentials", null);
    if (users != null && users.isEmpty()) {
      throw new ConfigException(section + ".basic_auth_credentials must be null or name a user");
    }
    return new HttpApiSettings(
        listen,
        tls,
        timeouts,
        headerBytes,
        libp2p,
        Optional.ofNullable(users),
        s.text("http_log_file", ""),
        s.textLists("headers"),
        CorsSettings.read(s));
  }

  private static Optional<Tls> tls(Section s, String section) {
    String certificate = s.text("ssl_cert_file", "");
    String key = s.text("ssl_key_file", "");
    s.omitWhen("ssl_cert_file", "");
    s.omitWhen("ssl_key_file", "");
    if (certificate.isEmpty() != key.isEmpty()) {
      throw new ConfigException(
          section + ": ssl_cert_file and ssl_key_file go together; one of them is empty");
    }
    return certificate.isEmpty() ? Optional.empty() : Optional.of(new Tls(certificate, key));
  }

  private static Optional<Libp2p> libp2p(Section s, String section) {
    List<Multiaddr> listen = s.addresses("libp2p_listen_multiaddress", List.of());
    String id = s.text("id", "");
    String key = s.text("private_key", "");
    s.omitWhen("libp2p_listen_multiaddress", List.of());
    s.omitWhen("id", "");
    s.omitWhen("private_key", "");
    if (listen.isEmpty() && id.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    if (listen.isEmpty() || id.isEmpty() || key.isEmpty()) {
      throw new ConfigException(
          section + ": set all of libp2p_listen_multiaddress, id and private_key, or none");
    }
    return Optional.of(new Libp2p(listen, identity(section, id, key)));
  }

  private static Identity identity(String section, String id, String key) {
    Identity identity;
    try {
      identity = Identity.fromPrivateKeyBase64(key);
    } catch (FormatException e) {
      throw new ConfigException(
          section + ".private_key cannot be read; it is base64 of a libp2p private key", e);
    }
    if (!identity.id().toString().equals(id)) {
      throw new ConfigException(
          section + ".id " + id + " does not belong to private_key, which gives " + identity.id());
    }
    return identity;
  }
}
