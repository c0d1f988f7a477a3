package io.ecluster.service.gateway;

import io.ecluster.erasure.ErasureException;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.PathNotFoundException;
import io.ecluster.ipld.PathTarget;
import io.ecluster.ipld.UnixFsDirectory;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.ipld.UnixFsSymlink;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.recovery.Reading;
import io.ecluster.service.config.GatewaySettings;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpService;
import io.ecluster.service.http.HttpWatch;
import io.ecluster.service.http.Query;
import io.ecluster.service.read.Blocks;
import io.ecluster.service.read.ContentPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A path gateway that only reads, trustless formats included: <a
 * href="https://specs.ipfs.tech/http-gateways/">specs.ipfs.tech/http-gateways</a>. Its reads end,
 * and are closed, when their client goes away.
 */
public final class Gateway implements HttpService {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final String METHODS = "GET, HEAD, OPTIONS";

  private final Blocks blocks;

  public Gateway(Blocks blocks) {
    this.blocks = blocks;
  }

  /**
   * Starts listening.
   *
   * @throws io.ecluster.service.config.ConfigException if an address cannot be listened on
   */
  public static HttpServer start(GatewaySettings settings, Blocks blocks) {
    return start(settings, blocks, HttpWatch.NONE);
  }

  /**
   * As {@link #start(GatewaySettings, Blocks)}.
   *
   * @param watch told of all requests
   */
  public static HttpServer start(GatewaySettings settings, Blocks blocks, HttpWatch watch) {
    HttpServer.Listening listening =
        new HttpServer.Listening(
            "the gateway",
            settings.listenAddresses(),
            settings.maxHeaderBytes(),
            settings.readHeaderTimeout(),
            settings.idleTimeout());
    return HttpServer.start(listening, new Gateway(blocks), watch);
  }

  @Override
  public void handle(Exchange x) throws IOException {
    x.setRoute(x.rawPath().startsWith("/ipfs/") ? "/ipfs" : "other");
    letScriptsRead(x);
    switch (x.method()) {
      case "GET", "HEAD" -> find(x);
      case "OPTIONS" -> x.setStatus(200);
      default ->
          throw new ApiException(
              405,
              "Method " + x.method() + " not allowed: read only access",
              Map.of("Allow", METHODS));
    }
  }

  private static void letScriptsRead(Exchange x) {
    x.setHeader("Access-Control-Allow-Origin", "*");
    x.setHeader("Access-Control-Allow-Methods", METHODS);
    x.setHeader(
        "Access-Control-Allow-Headers", "Content-Type, Range, User-Agent, X-Requested-With");
    x.setHeader(
        "Access-Control-Expose-Headers",
        "Content-Length, Content-Range, X-Chunked-Output, X-Ipfs-Path, X-Ipfs-Roots,"
            + " X-Stream-Output");
  }

  private void find(Exchange x) throws IOException {
    String raw = x.rawPath();
    String clean = GatewayPath.clean(raw);
    if (!clean.equals(raw)) {
      Redirect.send(x, 307, clean);
      return;
    }
    String path = GatewayPath.decode(raw);
    if (path.startsWith("/ipns/")) {
      throw new ApiException(
          501, "/ipns/ paths are not resolved here; resolve the name and ask for /ipfs/CID");
    }
    if (!path.startsWith("/ipfs/")) {
      throw new ApiException(404, "404 page not found: this gateway serves /ipfs/CID[/path]");
    }
    read(x, path);
  }

  private void read(Exchange x, String text) throws IOException {
    ContentPath path = parse(text);
    refuseServiceWorkers(x, path);
    Query query = x.query();
    Format.Wanted wanted = Format.of(x, query);
    try (Reading reading = blocks.open(path.root())) {
      PathTarget found = resolve(path, reading);
      x.setHeader("X-Ipfs-Path", GatewayPath.headerText(text));
      x.setHeader(
          "X-Ipfs-Roots",
          found.roots().stream().map(Cid::toString).collect(Collectors.joining(",")));
      if (found.inside().isPresent()) {
        throw new ApiException(
            501,
            "\"" + path + "\" ends within a block; only links lead on: ask for the block itself");
      }
      answer(new Target(x, query, wanted, path, found, reading));
    }
  }

  private static ContentPath parse(String text) {
    try {
      return ContentPath.parse(text);
    } catch (FormatException e) {
      throw ApiException.badRequest(
          "invalid path \"" + text + "\": " + e.getMessage() + "; use /ipfs/CID[/path]");
    }
  }

  private static PathTarget resolve(ContentPath path, Reading reading) {
    try {
      return path.resolve(reading);
    } catch (PathNotFoundException e) {
      throw new ApiException(404, "failed to resolve " + path + ": " + Errors.message(e));
    }
  }

  /** A script of one folder must not come to rule over all others of this server. */
  private static void refuseServiceWorkers(Exchange x, ContentPath path) {
    if (x.header("Service-Worker").equals("script") && path.names().isEmpty()) {
      throw ApiException.badRequest(
          "navigator.serviceWorker: registration is not allowed for this scope");
    }
  }

  private static void answer(Target target) throws IOException {
    nameOtherPlace(target);
    Format format = target.wanted().format();
    long codec = target.cid().codec();
    switch (format) {
      case RAW -> BlockAnswer.sendRaw(target);
      case CAR -> StreamAnswer.sendCar(target);
      case TAR -> StreamAnswer.sendTar(target);
      case PLAIN, DAG_JSON, DAG_CBOR, JSON, CBOR -> {
        boolean unixFs = codec == Multicodec.DAG_PB || codec == Multicodec.RAW;
        if (unixFs && format.leavesFiles()) {
          sendUnixFs(target);
        } else {
          BlockAnswer.sendNode(target, format == Format.PLAIN ? own(target.cid()) : format);
        }
      }
    }
  }

  private static Format own(Cid cid) {
    return Format.ofCodec(cid.codec())
        .orElseThrow(() ->
            new ApiException(
                501,
                "codec 0x"
                    + Long.toHexString(cid.codec())
                    + " cannot be shown here; fetch the block with ?format=raw"));
  }

  private static void sendUnixFs(Target target) throws IOException {
    switch (UnixFsNode.open(target.cid(), target.reading())) {
      case UnixFsFile file -> FileAnswer.send(target, file, target.path().lastName(), file.cid());
      case UnixFsSymlink link -> FileAnswer.send(target, link);
      case UnixFsDirectory folder -> FolderAnswer.send(target, folder);
    }
  }

  /** Says by which address alone, without an Accept header, the same is had: caches need it. */
  private static void nameOtherPlace(Target target) {
    Optional<MediaType> accepted = target.wanted().accepted();
    if (accepted.isEmpty()) {
      return;
    }
    Map<String, String> query = new TreeMap<>(target.query().parameters());
    query.put("format", target.wanted().format().parameter());
    for (String parameter : new String[] {"version", "order", "dups"}) {
      String value = accepted.get().parameter(parameter);
      if (target.wanted().format() == Format.CAR && !value.isEmpty()) {
        query.putIfAbsent("car-" + parameter, value);
      }
    }
    String text =
        query.entrySet().stream()
            .map(e -> Disposition.escape(e.getKey()) + "=" + GatewayPath.queryText(e.getValue()))
            .collect(Collectors.joining("&"));
    target.x().setHeader("Content-Location", target.x().rawPath() + "?" + text);
  }

  @Override
  public void refuse(Exchange x, Exception error) {
    int status = status(error);
    if (status >= 500) {
      LOG.info("{} {}: {}", x.method(), x.rawPath(), Errors.message(error));
    }
    letScriptsRead(x);
    if (error instanceof ApiException refused) {
      refused.headers().forEach(x::setHeader);
    }
    x.setHeader("X-Content-Type-Options", "nosniff");
    byte[] text = (Errors.message(error) + advice(error) + "\n").getBytes(StandardCharsets.UTF_8);
    x.answer(status, "text/plain; charset=utf-8", text);
  }

  private static int status(Exception error) {
    return switch (error) {
      case ApiException api -> api.status();
      case HttpException http -> http.getCode();
      case PathNotFoundException _ -> 404;
      case BlockNotFoundException _ -> 504;
      case ErasureException _ -> 502;
      default -> 500;
    };
  }

  private static String advice(Exception error) {
    return switch (error) {
      case BlockNotFoundException _ -> "; try again when a node that has it is connected";
      case ErasureException _ -> "; try again when more of the cluster's peers are up";
      default -> "";
    };
  }
}
