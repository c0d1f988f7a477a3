package io.ecluster.service.pinsvc;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.http.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The pin that the body of a request describes. */
record PinBody(Cid cid, String name, List<Multiaddr> origins, SortedMap<String, String> meta) {
  /** In characters, as the public specification has it. */
  static final int MAX_NAME = 255;

  private static final int MAX_ORIGINS = 20;
  private static final int MAX_META = 1000;

  /**
   * @throws ApiException with 400 if it is not what the specification says
   */
  static PinBody parse(String text) {
    try {
      JsonObject json = Json.parseObject(text);
      if (json.text("cid").isEmpty()) {
        throw new FormatException("cid is missing");
      }
      return new PinBody(
          Cid.parse(json.text("cid")),
          checked(json.text("name"), "name", json.text("name").length(), MAX_NAME),
          origins(json),
          meta(json.object("meta")));
    } catch (JsonException | FormatException e) {
      throw ApiException.badRequest("error decoding request body: " + e.getMessage());
    }
  }

  private static <T> T checked(T value, String what, int size, int limit) {
    if (size > limit) {
      throw new FormatException(what + " has " + size + " items; there may be " + limit);
    }
    return value;
  }

  private static List<Multiaddr> origins(JsonObject json) {
    List<String> texts = json.texts("origins");
    checked(texts, "origins", texts.size(), MAX_ORIGINS);
    return texts.stream().map(Multiaddr::parse).toList();
  }

  private static SortedMap<String, String> meta(JsonObject json) {
    SortedMap<String, String> meta = new TreeMap<>();
    for (Map.Entry<String, @Nullable Object> entry : json.fields().entrySet()) {
      if (!(entry.getValue() instanceof String text)) {
        throw new FormatException("meta holds texts only; \"" + entry.getKey() + "\" is none");
      }
      meta.put(entry.getKey(), text);
    }
    return checked(meta, "meta", meta.size(), MAX_META);
  }

  /**
   * @param replaced takes the place of this pin
   */
  Pin pin(Optional<Cid> replaced) {
    PinOptions none = PinOptions.NONE;
    return Pin.of(
        cid,
        new PinOptions(
            none.replicationMin(),
            none.replicationMax(),
            name,
            false,
            0,
            0,
            0,
            List.of(),
            Optional.empty(),
            meta,
            replaced,
            origins));
  }
}
