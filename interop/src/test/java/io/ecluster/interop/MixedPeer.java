package io.ecluster.interop;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A peer of a cluster of both kinds, asked through its HTTP API. */
interface MixedPeer {
  String name();

  String id();

  String clusterAddress();

  ApiClient api();

  /** The IPFS daemon below it. */
  KuboProcess kubo();

  /** Starts it and waits until its API answers. */
  void start(String... options);

  /** SIGTERM, and waits. */
  void stop();

  /** SIGSTOP. */
  void pause();

  /** SIGCONT. */
  void resume();

  /** Runs a command of its program while it is stopped, which must succeed. */
  String command(String... words);

  /** Writes what {@code state export} gives while it is stopped. */
  default void export(Path file) {
    command("state", "export", "-f", file.toString());
  }

  /** What is exported while it is stopped, by CID. */
  default NavigableMap<String, JsonObject> exported() {
    try {
      Path file = Files.createTempFile("export", ".json");
      try {
        Files.delete(file); // Go's program does not replace it
        export(file);
        return byCid(Files.readAllLines(file).stream().map(Json::parseObject));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NavigableMap<String, JsonObject> byCid(Stream<JsonObject> pins) {
    NavigableMap<String, JsonObject> byCid = new TreeMap<>();
    pins.forEach(pin -> byCid.put(pin.text("cid"), fullFields(pin)));
    return byCid;
  }

  String log();

  /** SIGKILL, and waits. */
  void kill();

  boolean alive();

  /** Of its process, while it runs. */
  long pid();

  default boolean isOurs() {
    return this instanceof OurMember;
  }

  default List<JsonObject> all(String method, String target) {
    List<JsonObject> all = new ArrayList<>();
    api().stream(method, target, all::add);
    return all;
  }

  default JsonObject one(String method, String target) {
    return JsonObject.of(api().call(method, target));
  }

  default void pin(String cid, String query) {
    one("POST", "/pins/" + cid + "?" + query);
  }

  default void unpin(String cid) {
    one("DELETE", "/pins/" + cid);
  }

  /** Its pinset by CID. */
  default NavigableMap<String, JsonObject> pins() {
    return byCid(all("GET", "/allocations").stream());
  }

  default JsonObject pinOf(String cid) {
    return fullFields(one("GET", "/allocations/" + cid));
  }

  /** Go writes null where ours writes an empty list or map, and knows nothing of coding. */
  static JsonObject fullFields(JsonObject object) {
    TreeMap<String, @Nullable Object> full = new TreeMap<>(object.fields());
    full.keySet().removeAll(Set.of("data_shards", "parity_shards"));
    full.values()
        .removeIf(value -> value == null || value.equals(List.of()) || value.equals(Map.of()));
    return new JsonObject(full);
  }

  /** What each peer says of a CID, by peer id. */
  default NavigableMap<String, String> status(String cid) {
    JsonObject peers = one("GET", "/pins/" + cid).object("peer_map");
    NavigableMap<String, String> states = new TreeMap<>();
    peers.keys().forEach(id -> states.put(id, peers.object(id).text("status")));
    return states;
  }

  /** Ids of the members it lists without an error. */
  default Set<String> members() {
    return all("GET", "/peers").stream()
        .filter(peer -> peer.text("error").isEmpty())
        .map(peer -> peer.text("id"))
        .collect(Collectors.toSet());
  }
}
