package io.ecluster.service.proxy;

import io.ecluster.adder.Adder;
import io.ecluster.client.Json;
import io.ecluster.core.cluster.Cluster;
import io.ecluster.ipfs.kubo.KuboEndpoint;
import io.ecluster.service.config.IpfsProxySettings;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpService;
import io.ecluster.service.read.Blocks;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks Kubo's RPC API. Calls that read are answered with blocks of the cluster, rebuilt if need
 * be; pins and adds are the cluster's; all else goes to the Kubo daemon behind, if there is one.
 */
public final class IpfsProxy implements HttpService, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IpfsProxy.class);
  private static final String PREFIX = "/api/v0/";
  private static final Set<String> HIJACKED_METHODS = Set.of("GET", "POST", "PUT");
  private static final Set<String> PUTS = Set.of("block/put", "dag/put");

  private final Map<String, Command> commands = new TreeMap<>();
  private final Set<String> writing;
  private final Optional<Upstream> kubo;
  private final String version;

  /**
   * What the proxy answers with.
   *
   * @param hasKubo whether the IPFS node is a Kubo daemon
   */
  public record Parts(
      Blocks blocks, Cluster cluster, Adder adder, Clock clock, String version, boolean hasKubo) {}

  IpfsProxy(Parts parts, Optional<Upstream> kubo) {
    Map<String, Command> pins = new PinCommands(parts.cluster(), parts.blocks()).commands();
    pins.put("add", new AddCommand(parts.adder(), parts.clock()));
    this.writing = Set.copyOf(pins.keySet());
    commands.putAll(new ReadCommands(parts.blocks()).commands());
    commands.putAll(pins);
    this.kubo = kubo;
    this.version = parts.version();
  }

  /**
   * Starts listening. The server, and then the proxy, are to be closed.
   *
   * @throws io.ecluster.service.config.ConfigException if an address cannot be listened on
   */
  public static AutoCloseable start(IpfsProxySettings settings, Parts parts) {
    Optional<Upstream> kubo =
        parts.hasKubo()
            ? Optional.of(
                Upstream.open(KuboEndpoint.of(settings.nodeAddress(), settings.nodeHttps())))
            : Optional.empty();
    IpfsProxy proxy = new IpfsProxy(parts, kubo);
    HttpServer server;
    try {
      server = HttpServer.start(listening(settings), proxy);
    } catch (RuntimeException e) {
      proxy.close();
      throw e;
    }
    return () -> {
      server.close();
      proxy.close();
    };
  }

  static HttpServer.Listening listening(IpfsProxySettings settings) {
    return new HttpServer.Listening(
        "the IPFS proxy",
        settings.listenAddresses(),
        settings.maxHeaderBytes(),
        settings.readHeaderTimeout(),
        settings.idleTimeout());
  }

  @Override
  public void handle(Exchange x) throws Exception {
    String path = decode(x.rawPath());
    Optional<String> call = call(x, path);
    if (call.isPresent()) {
      run(x, path, call.get());
    } else if (kubo.isPresent()) {
      kubo.get().forward(x);
    } else {
      throw new ApiException(
          501,
          path
              + " is not answered here: this peer has an IPFS node of its own, without Kubo's API;"
              + " use ipfs-cluster-ctl, or a peer that has Kubo");
    }
  }

  /** The command that a request is for, if it is one of ours. */
  private Optional<String> call(Exchange x, String path) {
    if (!path.startsWith(PREFIX) || !HIJACKED_METHODS.contains(x.method())) {
      return Optional.empty();
    }
    String rest = path.substring(PREFIX.length());
    boolean pinned = PUTS.contains(rest) && x.query().flag("pin", false);
    return pinned
        ? Optional.of(rest)
        : commands.keySet().stream()
            .filter(name -> rest.equals(name) || rest.startsWith(name + "/"))
            .findFirst();
  }

  private void run(Exchange x, String path, String call) throws Exception {
    x.setHeader("Server", "ipfs-cluster/ipfsproxy/" + version);
    Command command = commands.get(call);
    if (command == null) {
      throw new ApiException(
          501, call + " with pin=true is not supported; put without it, then pin/add the CID");
    }
    if (writing.contains(call)) {
      refuseOtherSites(x);
    }
    String rest = path.substring(PREFIX.length() + call.length());
    command.run(x, Arguments.of(x, rest.startsWith("/") ? rest.substring(1) : ""));
  }

  /** A page that somebody looks at must not pin and unpin with their rights. */
  private static void refuseOtherSites(Exchange x) {
    if (x.header("Sec-Fetch-Site").equals("cross-site")) {
      throw new ApiException(403, "pages of other sites may not change pins");
    }
  }

  @Override
  public void refuse(Exchange x, Exception error) {
    int status =
        switch (error) {
          case ApiException api -> api.status();
          case KuboAwayException _ -> 502;
          default -> 500;
        };
    LOG.debug("{} {}: {}", x.method(), x.rawPath(), Errors.message(error));
    x.setHeader("Server", "ipfs-cluster/ipfsproxy/" + version);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Message", Errors.message(error));
    json.put("Code", 0);
    json.put("Type", "error");
    x.answer(status, "application/json", Json.write(json).getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String raw) {
    try {
      return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return raw;
    }
  }

  @Override
  public void close() {
    kubo.ifPresent(Upstream::close);
  }
}
