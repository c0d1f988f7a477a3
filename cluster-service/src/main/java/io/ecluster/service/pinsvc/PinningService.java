package io.ecluster.service.pinsvc;

import io.ecluster.core.cluster.Cluster;
import io.ecluster.core.cluster.PinNotFoundException;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.service.config.HttpApiSettings;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.ApiServer;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpWatch;
import io.ecluster.service.http.OpenApi;
import io.ecluster.service.http.Router;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * The routes of the Pinning Services API. A request's id is its CID, as in Go's. The parts of an
 * erasure-coded pin are not shown: for a client there is the file.
 */
public final class PinningService {
  private static final int MAX_BODY_BYTES = 256 * 1024;

  private final Cluster cluster;
  private final Router router = new Router();

  PinningService(Cluster cluster) {
    this.cluster = cluster;
    router
        .add("GET", "/pins", this::list)
        .add("POST", "/pins", x -> put(x, Optional.empty()))
        .add("GET", "/pins/{requestid}", this::get)
        .add("POST", "/pins/{requestid}", this::replace)
        .add("DELETE", "/pins/{requestid}", this::remove);
    OpenApi.serve(router, PinningService.class);
  }

  Router router() {
    return router;
  }

  /**
   * Starts listening.
   *
   * @param folder where files of the configuration are
   * @param watch told of all requests
   * @throws io.ecluster.service.config.ConfigException if an address cannot be listened on
   */
  public static HttpServer start(
      HttpApiSettings settings,
      Cluster cluster,
      Path folder,
      InstantSource clock,
      HttpWatch watch) {
    return ApiServer.start(
        new ApiServer.Api(
            "the pinning service",
            "pinsvcapilog",
            new PinningService(cluster).router(),
            ServiceJson::error),
        settings,
        folder,
        clock,
        watch);
  }

  /** A pin as it is shown. */
  private record Shown(GlobalPinInfo info, Status status) {
    /** Of two made at the same time the CID decides, so that pages do not depend on chance. */
    static final Comparator<Shown> OLDEST_FIRST =
        Comparator.comparing((Shown shown) -> shown.info().created().orElse(Instant.EPOCH))
            .thenComparing(shown -> shown.info().cid().toString());

    Object json() {
      return ServiceJson.status(info, status);
    }
  }

  private Optional<Shown> shown(GlobalPinInfo info) {
    return isWhole(info.cid())
        ? Status.of(info).map(status -> new Shown(info, status))
        : Optional.empty();
  }

  /** Whether it is pinned, and not as a part of another pin. */
  private boolean isWhole(Cid cid) {
    return cluster
        .allocation(cid)
        .filter(pin -> pin.type() != PinType.SHARD && pin.type() != PinType.CLUSTER_DAG)
        .isPresent();
  }

  private void list(Exchange x) {
    Listing wanted = Listing.parse(x.query());
    PriorityQueue<Shown> newest = new PriorityQueue<>(Shown.OLDEST_FIRST);
    long[] count = {0};
    each(
        wanted,
        shown -> {
          count[0]++;
          newest.add(shown);
          if (newest.size() > wanted.limit()) {
            newest.poll();
          }
        });
    List<Shown> results = new ArrayList<>(newest);
    results.sort(Shown.OLDEST_FIRST.reversed());
    x.answer(ServiceJson.list(count[0], results.stream().map(Shown::json).toList()));
  }

  private void each(Listing wanted, Consumer<Shown> take) {
    Consumer<GlobalPinInfo> filtered =
        info -> shown(info).filter(shown -> wanted.wants(info, shown.status())).ifPresent(take);
    if (wanted.cids().isEmpty()) {
      cluster.statusAll(Status.filter(wanted.statuses()), false, filtered);
    } else {
      wanted.cids().stream().distinct().forEach(cid -> filtered.accept(cluster.status(cid, false)));
    }
  }

  private void get(Exchange x) {
    Cid cid = requestId(x);
    Shown shown =
        shown(cluster.status(cid, false)).orElseThrow(() -> new ApiException(404, "pin not found"));
    x.answer(shown.json());
  }

  private static Cid requestId(Exchange x) {
    try {
      return Cid.parse(x.variable("requestid"));
    } catch (FormatException e) {
      throw ApiException.badRequest("error decoding requestID: " + e.getMessage());
    }
  }

  private void put(Exchange x, Optional<Cid> replaced) {
    PinBody body = PinBody.parse(x.bodyText(MAX_BODY_BYTES));
    Pin pin = cluster.pin(body.pin(replaced));
    replaced.filter(old -> !old.equals(body.cid())).ifPresent(cluster::unpin);
    GlobalPinInfo info = cluster.status(body.cid(), false);
    x.answer(202, ServiceJson.status(asPinned(info, pin), Status.QUEUED));
  }

  /** What peers say may be older than the pin. */
  private static GlobalPinInfo asPinned(GlobalPinInfo info, Pin pin) {
    return new GlobalPinInfo(
        pin.cid(),
        pin.options().name(),
        pin.allocations(),
        pin.options().origins(),
        pin.timestamp(),
        pin.options().metadata(),
        info.peers());
  }

  private void replace(Exchange x) {
    Cid old = requestId(x);
    if (cluster.allocation(old).isEmpty()) {
      throw new PinNotFoundException();
    }
    put(x, Optional.of(old));
  }

  private void remove(Exchange x) {
    cluster.unpin(requestId(x));
    x.setStatus(202);
    x.setHeader("Content-Type", "application/json");
  }
}
