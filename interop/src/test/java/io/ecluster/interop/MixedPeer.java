package io.ecluster.interop;

import io.ecluster.client.ApiClient;
import io.ecluster.client.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

  /** What {@code state export} prints while it is stopped, one pin a line. */
  List<String> export();

  String log();

  /** SIGKILL, and waits. */
  void kill();

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
  default TreeMap<String, JsonObject> pins() {
    TreeMap<String, JsonObject> pins = new TreeMap<>();
    all("GET", "/allocations").forEach(pin -> pins.put(pin.text("cid"), fullFields(pin)));
    return pins;
  }

  default JsonObject pinOf(String cid) {
    return fullFields(one("GET", "/allocations/" + cid));
  }

  /** Go writes null where ours writes an empty list or map. */
  static JsonObject fullFields(JsonObject object) {
    TreeMap<String, @Nullable Object> full = new TreeMap<>(object.fields());
    full.values().removeIf(value -> value == null || value.equals(List.of()) || value.equals(Map.of()));
    return new JsonObject(full);
  }

  /** What each peer says of a CID, by peer id. */
  default TreeMap<String, String> status(String cid) {
    JsonObject peers = one("GET", "/pins/" + cid).object("peer_map");
    TreeMap<String, String> states = new TreeMap<>();
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
