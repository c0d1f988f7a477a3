package io.ecluster.service.http;

import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.config.HttpApiSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiFunction;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts an API: routes behind all that its section of the configuration says. */
public final class ApiServer {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);

  private ApiServer() {}

  /**
   * What is served.
   *
   * @param name what it is, for messages
   * @param logger of its access log
   * @param errorDocument of a status and a message
   */
  public record Api(
      String name,
      String logger,
      Router router,
      BiFunction<Integer, String, Object> errorDocument) {}

  /**
   * Starts listening.
   *
   * @param folder where files of the configuration are
   * @param watch told of all requests
   * @throws ConfigException if an address cannot be listened on, or a file not be read
   */
  public static HttpServer start(
      Api api, HttpApiSettings settings, Path folder, InstantSource clock, HttpWatch watch) {
    if (!settings.isOn()) {
      throw new ConfigException(
          api.name() + " has nothing to listen on; name an address, or leave the section out");
    }
    Optional<SSLContext> tls = settings.tls().map(files -> context(files, folder));
    Optional<AccessLog> log = Optional.of(accessLog(api, settings, folder));
    HttpServer.Listening listening =
        new HttpServer.Listening(
            api.name(),
            settings.listenAddresses(),
            settings.maxHeaderBytes(),
            settings.timeouts(),
            tls,
            settings.libp2p().map(ApiServer::host), // last, for it has sockets
            log);
    warnIfOpen(api, settings);
    return HttpServer.start(
        listening, new ApiService(api.router(), settings, api.errorDocument(), clock), watch);
  }

  private static SSLContext context(HttpApiSettings.Tls files, Path folder) {
    return Certificates.context(
        folder.resolve(files.certificateFile()), folder.resolve(files.keyFile()));
  }

  private static AccessLog accessLog(Api api, HttpApiSettings settings, Path folder) {
    return settings.logFile().isEmpty()
        ? AccessLog.toLogger(api.logger())
        : AccessLog.toFile(folder.resolve(settings.logFile()));
  }

  /** Apart from the cluster's own host: anybody who knows the id may call. */
  private static Libp2pHost host(HttpApiSettings.Libp2p libp2p) {
    try {
      return Libp2pHost.create(
          HostConfig.of(libp2p.identity()).withListen(libp2p.listenAddresses()));
    } catch (IOException e) {
      throw new ConfigException(
          "libp2p_listen_multiaddress: cannot listen on "
              + libp2p.listenAddresses()
              + ": "
              + e.getMessage(),
          e);
    }
  }

  private static void warnIfOpen(Api api, HttpApiSettings settings) {
    if (settings.users().isPresent()) {
      return;
    }
    for (Multiaddr address : settings.listenAddresses()) {
      if (!isLocal(address)) {
        warn(api, address);
      }
    }
    settings.libp2p().ifPresent(libp2p -> libp2p.listenAddresses().forEach(a -> warn(api, a)));
  }

  private static void warn(Api api, Multiaddr address) {
    LOG.warn(
        "{} on {} asks nobody for a password: whoever reaches it can change all pins. Set"
            + " basic_auth_credentials, or listen on /ip4/127.0.0.1",
        api.name(),
        address);
  }

  private static boolean isLocal(Multiaddr address) {
    if (address.value(AddressProtocol.UNIX).isPresent()) {
      return true;
    }
    Optional<String> ip =
        address.value(AddressProtocol.IP4).or(() -> address.value(AddressProtocol.IP6));
    return ip.map(text -> InetAddress.ofLiteral(text).isLoopbackAddress()).orElse(false);
  }
}
