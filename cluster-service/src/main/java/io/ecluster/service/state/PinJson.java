package io.ecluster.service.state;

import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A pin as JSON: in answers of the HTTP API and in exports of the state. The names, their order and
 * the empty values are those that Go writes.
 */
public final class PinJson {
  private static final String ZERO_TIME = "0001-01-01T00:00:00Z";

  private PinJson() {}

  public static Map<String, @Nullable Object> write(Pin pin) {
    Map<String, @Nullable Object> json = options(pin.options(), pin.maxDepth() == Pin.DIRECT);
    json.put("cid", pin.cid().toString());
    json.put("type", pin.type().text());
    json.put("allocations", texts(pin.allocations()));
    json.put("max_depth", pin.maxDepth());
    json.put("reference", pin.reference().map(Object::toString).orElse(null));
    json.put("timestamp", time(pin.timestamp()));
    return json;
  }

  private static Map<String, @Nullable Object> options(PinOptions options, boolean direct) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("replication_factor_min", options.replicationMin());
    json.put("replication_factor_max", options.replicationMax());
    json.put("name", options.name());
    json.put("mode", direct ? "direct" : "recursive");
    json.put("shard_size", options.shardSize());
    if (options.dataShards() > 0 || options.parityShards() > 0) {
      json.put("data_shards", options.dataShards());
      json.put("parity_shards", options.parityShards());
    }
    json.put("user_allocations", texts(options.userAllocations()));
    json.put("expire_at", time(options.expireAt()));
    json.put("metadata", options.metadata());
    json.put("pin_update", options.pinUpdate().map(Object::toString).orElse(null));
    json.put("origins", texts(options.origins()));
    return json;
  }

  private static List<String> texts(Collection<?> values) {
    return values.stream().map(Object::toString).toList();
  }

  /** As {@link #time(Instant)}, which is how Go writes local times; year 1 for no time. */
  public static String time(Optional<Instant> instant) {
    return instant.map(PinJson::time).orElse(ZERO_TIME);
  }

  /** RFC 3339 in the server's own offset. */
  public static String time(Instant instant) {
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
        instant.atZone(ZoneId.systemDefault()).toOffsetDateTime());
  }

  /**
   * Reads a pin. What is not said takes the value that a plain pin has: it is recursive, and lies
   * where its factors let it. Exports of old programs, which write CIDs as {@code {"/": CID}} and
   * types as numbers, are read too.
   *
   * @throws JsonException if a value is of the wrong kind
   * @throws FormatException if a value cannot be understood
   */
  public static Pin read(JsonObject json) {
    PinType type = type(json);
    int depth = depth(json);
    return new Pin(
        cid(json, "cid").orElseThrow(() -> new FormatException("a pin without a CID")),
        type,
        json.texts("allocations").stream().map(PeerId::parse).toList(),
        depth,
        cid(json, "reference"),
        options(json, depth == Pin.DIRECT),
        instant(json, "timestamp"));
  }

  private static PinType type(JsonObject json) {
    Object type = json.get("type");
    if (type == null) {
      return PinType.DATA;
    }
    Optional<PinType> known =
        type instanceof Long bit
            ? PinType.byBit(Math.toIntExact(bit))
            : PinType.byText(json.text("type"));
    return known.orElseThrow(() -> new FormatException("no pin is of type " + type));
  }

  private static int depth(JsonObject json) {
    if (json.has("max_depth")) {
      return integer(json, "max_depth");
    }
    return json.text("mode").equals("direct") ? Pin.DIRECT : Pin.RECURSIVE;
  }

  private static PinOptions options(JsonObject json, boolean direct) {
    return new PinOptions(
        integer(json, "replication_factor_min"),
        integer(json, "replication_factor_max"),
        json.text("name"),
        direct,
        json.number("shard_size"),
        integer(json, "data_shards"),
        integer(json, "parity_shards"),
        List.of(),
        instant(json, "expire_at"),
        metadata(json.object("metadata")),
        cid(json, "pin_update"),
        json.texts("origins").stream().map(Multiaddr::parse).toList());
  }

  private static SortedMap<String, String> metadata(JsonObject json) {
    SortedMap<String, String> metadata = new TreeMap<>();
    json.keys().forEach(key -> metadata.put(key, json.text(key)));
    return metadata;
  }

  private static int integer(JsonObject json, String key) {
    long number = json.number(key);
    if (number != (int) number) {
      throw new FormatException(key + " of " + number + " is out of range");
    }
    return (int) number;
  }

  private static Optional<Cid> cid(JsonObject json, String key) {
    Object value = json.get(key);
    String text = value instanceof Map<?, ?> ? json.object(key).text("/") : json.text(key);
    return text.isEmpty() ? Optional.empty() : Optional.of(Cid.parse(text));
  }

  private static Optional<Instant> instant(JsonObject json, String key) {
    String text = json.text(key);
    if (text.isEmpty() || text.equals(ZERO_TIME)) {
      return Optional.empty();
    }
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException e) {
      throw new FormatException(key + " of \"" + text + "\" is no time of RFC 3339", e);
    }
  }
}
