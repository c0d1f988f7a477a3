package io.ecluster.service.proxy;

import io.ecluster.adder.Adder;
import io.ecluster.client.Json;
import io.ecluster.core.cluster.Cluster;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.ipfs.kubo.KuboEndpoint;
import io.ecluster.service.config.IpfsProxySettings;
import io.ecluster.service.http.AccessLog;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpService;
import io.ecluster.service.http.HttpWatch;
import io.ecluster.service.read.Blocks;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
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
  private static final Set<String> WITH_ARGUMENT = Set.of("pin/add", "pin/rm", "pin/ls");
  private static final Set<String> PUTS = Set.of("block/put", "dag/put");

  private final Map<String, Command> commands = new TreeMap<>();
  private final Set<String> writing;
  private final Optional<Upstream> kubo;
  private final Optional<KuboHeaders> headers;
  private final String version;

  /**
   * What the proxy answers with.
   *
   * @param repoStat sums over the repositories of all peers
   * @param node the peer's own
   * @param hasKubo whether that is a Kubo daemon
   */
  public record Parts(
      Blocks blocks,
      Cluster cluster,
      Adder adder,
      Supplier<IpfsNode.RepoStat> repoStat,
      IpfsNode node,
      Clock clock,
      String version,
      boolean hasKubo) {}

  IpfsProxy(Parts parts, Optional<Upstream> kubo, Optional<KuboHeaders> headers) {
    Map<String, Command> pins = new PinCommands(parts.cluster(), parts.blocks()).commands();
    pins.put("add", new AddCommand(parts.adder(), parts.clock()));
    pins.putAll(PutCommand.all(parts.cluster(), kubo));
    this.writing = Set.copyOf(pins.keySet());
    commands.putAll(new ReadCommands(parts.blocks()).commands());
    commands.putAll(pins);
    commands.put("repo/stat", NodeCommands.repoStat(parts.repoStat()));
    if (kubo.isEmpty()) {
      commands.putAll(new NodeCommands(parts.node(), parts.version()).commands());
    }
    this.kubo = kubo;
    this.headers = headers;
    this.version = parts.version();
  }

  /**
   * Starts listening. The server, and then the proxy, are to be closed.
   *
   * @param authorization what this peer says to the Kubo daemon behind; empty for nothing
   * @param folder where the access log is, if it is a file
   * @param watch told of all requests
   * @throws io.ecluster.service.config.ConfigException if an address cannot be listened on
   */
  public static AutoCloseable start(
      IpfsProxySettings settings, Parts parts, String authorization, Path folder, HttpWatch watch) {
    Optional<Upstream> kubo =
        parts.hasKubo()
            ? Optional.of(
                Upstream.open(
                    KuboEndpoint.of(settings.nodeAddress(), settings.nodeHttps()), authorization))
            : Optional.empty();
    KuboHeaders.Extraction extraction =
        new KuboHeaders.Extraction(
            settings.extractHeadersExtra(),
            settings.extractHeadersPath(),
            settings.extractHeadersTtl());
    IpfsProxy proxy =
        new IpfsProxy(parts, kubo, kubo.map(k -> new KuboHeaders(k, extraction, System::nanoTime)));
    HttpServer server;
    try {
      server = HttpServer.start(listening(settings, folder), proxy, watch);
    } catch (RuntimeException e) {
      proxy.close();
      throw e;
    }
    return () -> {
      server.close();
      proxy.close();
    };
  }

  static HttpServer.Listening listening(IpfsProxySettings settings, Path folder) {
    AccessLog log =
        settings.logFile().isEmpty()
            ? AccessLog.toLogger("ipfsproxylog")
            : AccessLog.toFile(folder.resolve(settings.logFile()));
    return new HttpServer.Listening(
        "the IPFS proxy",
        settings.listenAddresses(),
        settings.maxHeaderBytes(),
        settings.timeouts(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(log));
  }

  @Override
  public void handle(Exchange x) throws Exception {
    String path = decode(x.rawPath());
    Optional<String> call = call(x, path);
    x.setRoute(call.map(PREFIX::concat).orElse("forwarded"));
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
    if (PUTS.contains(rest) && !x.query().flag("pin", false)) {
      return Optional.empty();
    }
    return commands.keySet().stream()
        .filter(name -> rest.equals(name) || takesArgumentInPath(name, rest))
        .findFirst();
  }

  /** As Go has it, for the calls it knows; what Go leaves to Kubo, Kubo would not find. */
  private static boolean takesArgumentInPath(String name, String path) {
    return WITH_ARGUMENT.contains(name) && path.startsWith(name + "/");
  }

  private void run(Exchange x, String path, String call) throws Exception {
    List<HttpField> copied = headers.map(kubos -> kubos.of(x)).orElse(List.of());
    decorate(x, copied);
    try {
      answer(x, path, call);
    } catch (Exception e) {
      if (x.committed()) {
        throw e;
      }
      x.reset();
      decorate(x, copied);
      refuse(x, e);
    }
  }

  private void decorate(Exchange x, List<HttpField> copied) {
    copied.forEach(field -> x.answerHeaders().add(field));
    x.setHeader("Content-Type", "application/json"); // unless the answer is of another
    x.setHeader("Server", "ipfs-cluster/ipfsproxy/" + version);
  }

  private void answer(Exchange x, String path, String call) throws Exception {
    if (writing.contains(call)) {
      refuseOtherSites(x);
    }
    Command command = Optional.ofNullable(commands.get(call)).orElseThrow();
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
