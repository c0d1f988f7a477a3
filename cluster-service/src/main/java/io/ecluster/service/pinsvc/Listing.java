package io.ecluster.service.pinsvc;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.multiformats.Cid;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Query;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * Which pins a client wants to see.
 *
 * @param cids empty for all
 * @param limit how many at most, the newest first
 */
record Listing(
    List<Cid> cids,
    Set<Status> statuses,
    String name,
    BiPredicate<String, String> match,
    Optional<Instant> before,
    Optional<Instant> after,
    Map<String, String> meta,
    int limit) {
  static final int MAX_LIMIT = 10_000;
  private static final int DEFAULT_LIMIT = 10;

  /** Each costs a question to all who hold it. */
  private static final int MAX_CIDS = 100;

  /**
   * @throws ApiException with 400 if a parameter is nonsense
   */
  static Listing parse(Query query) {
    List<Cid> cids = query.list("cid").stream().map(Query::parseCid).toList();
    if (cids.size() > MAX_CIDS) {
      throw ApiException.badRequest("at most " + MAX_CIDS + " CIDs at a time");
    }
    String name = query.text("name");
    if (name.length() > PinBody.MAX_NAME) {
      throw ApiException.badRequest("name has more than " + PinBody.MAX_NAME + " characters");
    }
    return new Listing(
        cids,
        Status.parse(query.list("status")),
        name,
        match(query.text("match")),
        time(query, "before"),
        time(query, "after"),
        meta(query.text("meta")),
        limit(query));
  }

  private static BiPredicate<String, String> match(String strategy) {
    return switch (strategy) {
      case "", "exact" -> String::equals;
      case "iexact" -> String::equalsIgnoreCase;
      case "partial" -> String::contains;
      case "ipartial" -> (name, part) -> lower(name).contains(lower(part));
      default ->
          throw ApiException.badRequest(
              "error decoding 'match' query param: there are exact, iexact, partial and ipartial");
    };
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static Optional<Instant> time(Query query, String name) {
    try {
      return query.has(name)
          ? Optional.of(OffsetDateTime.parse(query.text(name)).toInstant())
          : Optional.empty();
    } catch (DateTimeParseException e) {
      throw ApiException.badRequest(
          "error decoding '" + name + "' query param: it must be like 2026-02-03T04:05:06Z");
    }
  }

  private static Map<String, String> meta(String text) {
    if (text.isEmpty()) {
      return Map.of();
    }
    try {
      JsonObject json = Json.parseObject(text);
      Map<String, String> meta = new TreeMap<>();
      json.keys().forEach(key -> meta.put(key, json.text(key)));
      return meta;
    } catch (JsonException e) {
      throw ApiException.badRequest("error unmarshalling 'meta' query param: " + e.getMessage());
    }
  }

  private static int limit(Query query) {
    long limit = query.number("limit", DEFAULT_LIMIT);
    if (limit < 0 || limit > MAX_LIMIT) {
      throw ApiException.badRequest(
          "error parsing 'limit' query param: it must be between 0 and "
              + MAX_LIMIT
              + "; for more, ask again with 'before'");
    }
    return (int) limit;
  }

  boolean wants(GlobalPinInfo info, Status status) {
    Instant created = info.created().orElse(Instant.EPOCH);
    return statuses.contains(status)
        && (name.isEmpty() || match.test(info.name(), name))
        && before.filter(time -> !created.isBefore(time)).isEmpty()
        && after.filter(time -> !created.isAfter(time)).isEmpty()
        && info.metadata().entrySet().containsAll(meta.entrySet());
  }
}
