package io.ecluster.service.api;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.core.cluster.Cluster;
import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.libp2p.Traffic;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.OpenApi;
import io.ecluster.service.http.Query;
import io.ecluster.service.http.Router;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The routes of the HTTP API. Those about adding and erasure coding are in classes of their own.
 */
public final class RestRoutes {
  /** The bodies read here name one peer. */
  private static final int MAX_BODY_BYTES = 64 * 1024;

  private final Cluster cluster;
  private final String version;
  private final Clock clock;
  private final Supplier<Map<String, Traffic>> bandwidth;
  private final Router router = new Router();

  /**
   * @param bandwidth of the cluster's host, by protocol
   */
  public RestRoutes(
      Cluster cluster, String version, Supplier<Map<String, Traffic>> bandwidth, Clock clock) {
    this.cluster = cluster;
    this.bandwidth = bandwidth;
    this.version = version;
    this.clock = clock;
    addPeerRoutes();
    addPinRoutes();
    addHealthRoutes();
    OpenApi.serve(router, RestRoutes.class);
  }

  Router router() {
    return router;
  }

  /** Serves {@code POST /add}. */
  public RestRoutes with(AddRoute add) {
    router.addFirst("POST", "/add", add::handle);
    return this;
  }

  /** Serves {@code GET /ecget}. */
  public RestRoutes with(EcGetRoute ecGet) {
    router.addFirst("GET", "/ecget/{hash}", ecGet::handle);
    return this;
  }

  /** Serves {@code POST /ecrecovery}. */
  public RestRoutes with(EcRecoveryRoute recovery) {
    router.addFirst("POST", "/ecrecovery", recovery::handle);
    return this;
  }

  private void addPeerRoutes() {
    router
        .add("GET", "/id", x -> x.answer(ApiJson.peer(cluster.id())))
        .add("GET", "/version", x -> x.answer(Map.of("version", version)))
        .add("GET", "/peers", this::peers)
        .add("POST", "/peers", this::addPeer)
        .add("DELETE", "/peers/{peer}", this::removePeer);
  }

  private void addPinRoutes() {
    router
        .add("GET", "/allocations", this::allocations)
        .add("GET", "/allocations/{hash}", this::allocation)
        .add("GET", "/pins", this::statusAll)
        .add("POST", "/pins/{hash}/recover", this::recover)
        .add("POST", "/pins/recover", this::recoverAll)
        .add("GET", "/pins/{hash}", this::status)
        .add("POST", "/pins/{hash}", this::pin)
        .add("DELETE", "/pins/{hash}", this::unpin)
        .add("POST", "/ipfs/gc", x -> x.answer(ApiJson.repoGc(cluster.repoGc(local(x)))));
    for (String namespace : List.of("ipfs", "ipns", "ipld")) {
      router
          .add("POST", "/pins/" + namespace + "/{path:*}", x -> pinPath(x, namespace))
          .add("DELETE", "/pins/" + namespace + "/{path:*}", x -> unpinPath(x, namespace));
    }
  }

  private void addHealthRoutes() {
    router
        .add("GET", "/health/graph", x -> x.answer(ApiJson.graph(cluster.graph())))
        .add("GET", "/health/alerts", this::alerts)
        .add("GET", "/health/bandwidth", x -> x.answer(ApiJson.bandwidth(bandwidth.get())))
        .add("GET", "/monitor/metrics/{name}", this::metrics)
        .add("GET", "/monitor/metrics", x -> x.answer(cluster.metricNames()));
  }

  private void peers(Exchange x) {
    JsonStream.answer(x, send -> cluster.peers(peer -> send.accept(ApiJson.peer(peer))));
  }

  private void addPeer(Exchange x) {
    String text = peerIdOf(x.bodyText(MAX_BODY_BYTES));
    x.answer(ApiJson.peer(cluster.addPeer(peerId(text, "error decoding peer_id"))));
  }

  private static String peerIdOf(String body) {
    try {
      return Json.parseObject(body).text("peer_id");
    } catch (JsonException e) {
      throw ApiException.badRequest("error decoding request body");
    }
  }

  private void removePeer(Exchange x) {
    cluster.removePeer(peerId(x.variable("peer"), "error decoding Peer ID"));
    x.answerNothing();
  }

  private static PeerId peerId(String text, String otherwise) {
    try {
      return PeerId.parse(text);
    } catch (FormatException e) {
      throw ApiException.badRequest(otherwise + ": " + e.getMessage());
    }
  }

  private void allocations(Exchange x) {
    int filter = typeFilter(x.query().list("filter"));
    JsonStream.answer(x, send -> sendAllocations(filter, send));
  }

  private void sendAllocations(int filter, Consumer<Object> send) {
    try (Stream<Pin> pins = cluster.allocations()) {
      pins.filter(pin -> (pin.type().bit() & filter) != 0)
          .forEach(pin -> send.accept(ApiJson.pin(pin)));
    }
  }

  private static int typeFilter(List<String> names) {
    if (names.isEmpty() || names.contains("all")) {
      return PinType.ALL_BITS | PinType.BAD.bit();
    }
    int bits =
        names.stream()
            .flatMap(name -> PinType.byText(name.strip()).stream())
            .mapToInt(PinType::bit)
            .reduce(0, (a, b) -> a | b);
    if (bits == 0) {
      throw ApiException.badRequest("invalid filter value");
    }
    return bits;
  }

  private void allocation(Exchange x) {
    Cid cid = Query.parseCid(x.variable("hash"));
    x.answer(ApiJson.pin(cluster.allocation(cid).orElseThrow(PinNotFoundException::new)));
  }

  private void statusAll(Exchange x) {
    Query query = x.query();
    boolean local = local(x);
    List<Cid> cids = query.list("cids").stream().map(Query::parseCid).toList();
    if (!cids.isEmpty()) {
      JsonStream.answer(
          x, send -> cids.forEach(c -> send.accept(ApiJson.pinInfo(cluster.status(c, local)))));
      return;
    }
    int filter = statusFilter(query.list("filter"));
    JsonStream.answer(
        x, send -> cluster.statusAll(filter, local, info -> send.accept(ApiJson.pinInfo(info))));
  }

  private static int statusFilter(List<String> names) {
    Set<String> wanted = names.stream().map(String::strip).collect(Collectors.toSet());
    int bits = wanted.contains("error") ? TrackerStatus.ERROR_BITS : 0;
    bits |= wanted.contains("queued") ? TrackerStatus.QUEUED_BITS : 0;
    bits |=
        Arrays.stream(TrackerStatus.values())
            .filter(status -> wanted.contains(status.text()))
            .mapToInt(TrackerStatus::bit)
            .reduce(0, (a, b) -> a | b);
    if (bits == 0 && !names.isEmpty()) {
      throw ApiException.badRequest("invalid filter value");
    }
    return bits;
  }

  private void status(Exchange x) {
    x.answer(ApiJson.pinInfo(cluster.status(Query.parseCid(x.variable("hash")), local(x))));
  }

  private void recover(Exchange x) {
    x.answer(ApiJson.pinInfo(cluster.recover(Query.parseCid(x.variable("hash")), local(x))));
  }

  private void recoverAll(Exchange x) {
    boolean local = local(x);
    JsonStream.answer(
        x, send -> cluster.recoverAll(local, info -> send.accept(ApiJson.pinInfo(info))));
  }

  private void pin(Exchange x) {
    Cid cid = Query.parseCid(x.variable("hash"));
    PinOptions options = PinQuery.parse(x.query(), clock);
    x.answer(ApiJson.pin(cluster.pin(Pin.of(cid, options))));
  }

  private void unpin(Exchange x) {
    x.answer(ApiJson.pin(cluster.unpin(Query.parseCid(x.variable("hash")))));
  }

  private void pinPath(Exchange x, String namespace) {
    PinOptions options = PinQuery.parse(x.query(), clock);
    x.answer(ApiJson.pin(cluster.pinPath(path(x, namespace), options)));
  }

  private void unpinPath(Exchange x, String namespace) {
    x.answer(ApiJson.pin(cluster.unpinPath(path(x, namespace))));
  }

  private static String path(Exchange x, String namespace) {
    return "/" + namespace + "/" + x.variable("path");
  }

  private void alerts(Exchange x) {
    x.answer(cluster.alerts().stream().map(ApiJson::alert).toList());
  }

  private void metrics(Exchange x) {
    x.answer(cluster.metrics(x.variable("name")).stream().map(ApiJson::metric).toList());
  }

  private static boolean local(Exchange x) {
    return x.query().isTrue("local");
  }
}
