package io.ecluster.service.api;

import io.ecluster.client.GoDuration;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Query;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Pin options as query parameters. */
final class PinQuery {
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(1);

  private PinQuery() {}

  static PinOptions parse(Query query, Clock clock) {
    int replication = query.integer("replication", 0);
    return new PinOptions(
        replication != 0 ? replication : query.integer("replication-min", 0),
        replication != 0 ? replication : query.integer("replication-max", 0),
        query.text("name"),
        query.text("mode").equals("direct"),
        query.size("shard-size", 0),
        0,
        0,
        peers(query.list("user-allocations")),
        expiry(query, clock),
        new TreeMap<>(query.withPrefix("meta-")),
        query.cid("pin-update"),
        origins(query));
  }

  private static List<PeerId> peers(List<String> texts) {
    return texts.stream().flatMap(PinQuery::peer).toList();
  }

  private static Stream<PeerId> peer(String text) {
    try {
      return Stream.of(PeerId.parse(text));
    } catch (FormatException e) {
      return Stream.empty(); // the Go API drops what it cannot decode
    }
  }

  private static Optional<Instant> expiry(Query query, Clock clock) {
    if (query.has("expire-at")) {
      try {
        return Optional.of(OffsetDateTime.parse(query.text("expire-at")).toInstant());
      } catch (DateTimeParseException e) {
        throw query.invalid("expire-at");
      }
    }
    return query.has("expire-in")
        ? Optional.of(clock.instant().plus(life(query)))
        : Optional.empty();
  }

  private static Duration life(Query query) {
    try {
      Duration life = GoDuration.parse(query.text("expire-in"));
      if (life.compareTo(SHORTEST_LIFE) >= 0) {
        return life;
      }
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest("parameter expire-in invalid: " + e.getMessage());
    }
    throw ApiException.badRequest("parameter expire-in invalid: it must be at least 1s");
  }

  private static List<Multiaddr> origins(Query query) {
    try {
      List<Multiaddr> origins = query.list("origins").stream().map(Multiaddr::parse).toList();
      if (origins.stream().allMatch(origin -> origin.peerId().isPresent())) {
        return origins;
      }
    } catch (FormatException e) {
      throw ApiException.badRequest("parameter origins invalid: " + e.getMessage());
    }
    throw ApiException.badRequest("parameter origins invalid: each needs /p2p/ID at its end");
  }
}
