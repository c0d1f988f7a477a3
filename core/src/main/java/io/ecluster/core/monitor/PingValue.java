package io.ecluster.core.monitor;

import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a ping metric tells of its peer.
 *
 * @param ipfsId of its IPFS node, once that has answered
 */
public record PingValue(String peerName, Optional<PeerId> ipfsId, List<Multiaddr> ipfsAddresses) {
  /** More addresses than this are not told: the message must stay small. */
  static final int MAX_ADDRESSES = 32;

  public static final PingValue NONE = new PingValue("", Optional.empty(), List.of());

  private static final JsonMapper JSON = JsonMapper.shared();

  public PingValue {
    ipfsAddresses = List.copyOf(ipfsAddresses);
  }

  /** As Go writes it: empty parts are left out, and addresses that others cannot dial. */
  public String toJson() {
    ObjectNode node = JSON.createObjectNode();
    if (!peerName.isEmpty()) {
      node.put("peer_name", peerName);
    }
    ipfsId.ifPresent(id -> node.put("ipfs_id", id.toString()));
    List<String> told = toldAddresses();
    if (!told.isEmpty()) {
      ArrayNode array = node.putArray("ipfs_addresses");
      told.forEach(array::add);
    }
    return JSON.writeValueAsString(node);
  }

  private List<String> toldAddresses() {
    return ipfsAddresses.stream()
        .filter(DialableAddresses::isDialableByOthers)
        .limit(MAX_ADDRESSES)
        .map(Multiaddr::toString)
        .toList();
  }

  /** What can be understood of a value; anything else is as if it were not there. */
  public static PingValue parse(String json) {
    try {
      JsonNode node = JSON.readTree(json);
      return new PingValue(
          node.path("peer_name").asString(""),
          peerId(node.path("ipfs_id").asString("")),
          addresses(node.path("ipfs_addresses")));
    } catch (JacksonException e) {
      return NONE;
    }
  }

  private static Optional<PeerId> peerId(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(PeerId.parse(text));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }

  private static List<Multiaddr> addresses(JsonNode array) {
    List<Multiaddr> addresses = new ArrayList<>();
    for (JsonNode each : array) {
      if (addresses.size() < MAX_ADDRESSES) {
        address(each.asString("")).ifPresent(addresses::add);
      }
    }
    return addresses;
  }

  private static Optional<Multiaddr> address(String text) {
    try {
      return Optional.of(Multiaddr.parse(text));
    } catch (FormatException e) {
      return Optional.empty();
    }
  }
}
