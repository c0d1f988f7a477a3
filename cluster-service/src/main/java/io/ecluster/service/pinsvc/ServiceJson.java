package io.ecluster.service.pinsvc;

import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.service.state.PinJson;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The JSON objects of the Pinning Services API. */
final class ServiceJson {
  /** More are of no use to a client, and the specification allows no more. */
  private static final int MAX_DELEGATES = 20;

  private static final Map<String, String> INFO =
      new TreeMap<>(
          Map.of(
              "source", "IPFS cluster API",
              "warning1", "CID used for requestID. Conflicts possible",
              "warning2", "experimental"));

  private ServiceJson() {}

  static Map<String, @Nullable Object> status(GlobalPinInfo info, Status status) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("requestid", info.cid().toString());
    json.put("status", status.text());
    json.put("created", PinJson.time(info.created()));
    json.put("pin", pin(info));
    json.put("delegates", delegates(info));
    json.put("info", INFO);
    return json;
  }

  private static Map<String, @Nullable Object> pin(GlobalPinInfo info) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("cid", info.cid().toString());
    if (!info.name().isEmpty()) {
      json.put("name", info.name());
    }
    if (!info.origins().isEmpty()) {
      json.put("origins", info.origins().stream().map(Object::toString).toList());
    }
    if (!info.metadata().isEmpty()) {
      json.put("meta", new TreeMap<>(info.metadata()));
    }
    return json;
  }

  /** Addresses of the IPFS nodes that pin: one of each in turn, so that all are among them. */
  private static Set<String> delegates(GlobalPinInfo info) {
    List<Iterator<?>> nodes = new ArrayList<>();
    for (PinInfo peer : info.peers().values()) {
      nodes.add(peer.ipfsAddresses().iterator());
    }
    Set<String> delegates = new LinkedHashSet<>();
    while (!nodes.isEmpty()) {
      nodes.removeIf(node -> !node.hasNext());
      for (Iterator<?> node : nodes) {
        if (delegates.size() == MAX_DELEGATES) {
          return delegates;
        }
        delegates.add(String.valueOf(node.next()));
      }
    }
    return delegates;
  }

  static Map<String, @Nullable Object> list(long count, List<?> results) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("count", count);
    json.put("results", results);
    return json;
  }

  static Object error(int status, String message) {
    return Map.of("error", Map.of("reason", message));
  }
}
