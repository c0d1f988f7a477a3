package io.ecluster.core.rpc;

import static io.ecluster.core.rpc.Field.always;
import static io.ecluster.core.rpc.Field.expected;
import static io.ecluster.core.rpc.Field.omitted;
import static io.ecluster.core.rpc.Field.required;

import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The status of pins on the wire. */
final class PinInfoCodecs {
  private static final Field<PeerStatus, String> PEER_NAME =
      omitted("pn", Codecs.STRING, "", PeerStatus::peerName);
  private static final Field<PeerStatus, Optional<PeerId>> IPFS_ID =
      omitted("i", Codecs.OPTIONAL_PEER, Optional.empty(), PeerStatus::ipfsId);
  private static final Field<PeerStatus, List<Multiaddr>> IPFS_ADDRESSES =
      omitted("ia", Codecs.ADDRESSES, List.of(), PeerStatus::ipfsAddresses);
  private static final Field<PeerStatus, TrackerStatus> STATUS =
      omitted("st", Codecs.STATUS, TrackerStatus.UNDEFINED, PeerStatus::status);
  private static final Field<PeerStatus, Instant> TIMESTAMP =
      omitted("ts", Codecs.TIME, MsgWriter.NO_TIME, PeerStatus::timestamp);
  private static final Field<PeerStatus, String> ERROR =
      omitted("e", Codecs.STRING, "", PeerStatus::error);
  private static final Field<PeerStatus, Integer> ATTEMPTS =
      omitted("a", Codecs.INT, 0, PeerStatus::attempts);
  private static final Field<PeerStatus, Boolean> PRIORITY =
      omitted("y", Codecs.BOOL, false, PeerStatus::priority);

  private static final List<Field<PeerStatus, ?>> SHORT_FIELDS =
      List.of(PEER_NAME, IPFS_ID, IPFS_ADDRESSES, STATUS, TIMESTAMP, ERROR, ATTEMPTS, PRIORITY);

  static final Codec<PeerStatus> SHORT = new StructCodec<>(SHORT_FIELDS, PinInfoCodecs::makeShort);

  private static final Field<PinInfo, Cid> CID = required("c", Codecs.CID, PinInfo::cid);
  private static final Field<PinInfo, String> NAME = omitted("m", Codecs.STRING, "", PinInfo::name);
  private static final Field<PinInfo, PeerId> PEER = expected("p", Codecs.PEER, PinInfo::peer);
  private static final Field<PinInfo, List<PeerId>> ALLOCATIONS =
      omitted("o", Codecs.PEERS, List.of(), PinInfo::allocations);
  private static final Field<PinInfo, List<Multiaddr>> ORIGINS =
      omitted("g", Codecs.ADDRESSES, List.of(), PinInfo::origins);
  private static final Field<PinInfo, Optional<Instant>> CREATED =
      omitted("t", Codecs.OPTIONAL_TIME, Optional.empty(), PinInfo::created);
  private static final Field<PinInfo, SortedMap<String, String>> METADATA =
      omitted("md", Codecs.METADATA, new TreeMap<>(), info -> new TreeMap<>(info.metadata()));

  static final Codec<PinInfo> PIN_INFO = new StructCodec<>(infoFields(), PinInfoCodecs::makeInfo);

  private static final Field<GlobalPinInfo, Cid> GLOBAL_CID =
      required("c", Codecs.CID, GlobalPinInfo::cid);
  private static final Field<GlobalPinInfo, String> GLOBAL_NAME =
      always("n", Codecs.STRING, "", GlobalPinInfo::name);
  private static final Field<GlobalPinInfo, List<PeerId>> GLOBAL_ALLOCATIONS =
      omitted("a", Codecs.PEERS, List.of(), GlobalPinInfo::allocations);
  private static final Field<GlobalPinInfo, List<Multiaddr>> GLOBAL_ORIGINS =
      omitted("g", Codecs.ADDRESSES, List.of(), GlobalPinInfo::origins);
  private static final Field<GlobalPinInfo, Optional<Instant>> GLOBAL_CREATED =
      omitted("t", Codecs.OPTIONAL_TIME, Optional.empty(), GlobalPinInfo::created);
  private static final Field<GlobalPinInfo, SortedMap<String, String>> GLOBAL_METADATA =
      omitted("m", Codecs.METADATA, new TreeMap<>(), info -> new TreeMap<>(info.metadata()));
  private static final Field<GlobalPinInfo, Map<PeerId, PeerStatus>> PEER_MAP =
      omitted("pm", Codecs.byPeer(SHORT), Map.of(), PinInfoCodecs::shorts);

  static final Codec<GlobalPinInfo> GLOBAL_PIN_INFO =
      new StructCodec<>(
          List.of(
              GLOBAL_CID,
              GLOBAL_NAME,
              GLOBAL_ALLOCATIONS,
              GLOBAL_ORIGINS,
              GLOBAL_CREATED,
              GLOBAL_METADATA,
              PEER_MAP),
          PinInfoCodecs::makeGlobal);

  private PinInfoCodecs() {}

  private static List<Field<PinInfo, ?>> infoFields() {
    List<Field<PinInfo, ?>> fields =
        new ArrayList<>(
            List.<Field<PinInfo, ?>>of(CID, NAME, PEER, ALLOCATIONS, ORIGINS, CREATED, METADATA));
    SHORT_FIELDS.forEach(field -> fields.add(field.of(PeerStatus::of)));
    return fields;
  }

  private static PeerStatus makeShort(StructCodec.Values values) throws IOException {
    return new PeerStatus(
        values.get(PEER_NAME),
        values.get(IPFS_ID),
        values.get(IPFS_ADDRESSES),
        values.get(STATUS),
        values.get(TIMESTAMP),
        values.get(ERROR),
        values.get(ATTEMPTS),
        values.get(PRIORITY));
  }

  private static PinInfo makeInfo(StructCodec.Values values) throws IOException {
    return makeShort(values)
        .toInfo(
            values.get(CID),
            values.get(NAME),
            values.get(PEER),
            values.get(ALLOCATIONS),
            values.get(ORIGINS),
            values.get(CREATED),
            values.get(METADATA));
  }

  private static GlobalPinInfo makeGlobal(StructCodec.Values values) throws IOException {
    Cid cid = values.get(GLOBAL_CID);
    String name = values.get(GLOBAL_NAME);
    List<PeerId> allocations = values.get(GLOBAL_ALLOCATIONS);
    List<Multiaddr> origins = values.get(GLOBAL_ORIGINS);
    Optional<Instant> created = values.get(GLOBAL_CREATED);
    Map<String, String> metadata = values.get(GLOBAL_METADATA);
    Map<PeerId, PinInfo> peers = new HashMap<>();
    values
        .get(PEER_MAP)
        .forEach((peer, info) ->
            peers.put(peer, info.toInfo(cid, name, peer, allocations, origins, created, metadata)));
    return new GlobalPinInfo(cid, name, allocations, origins, created, metadata, peers);
  }

  private static Map<PeerId, PeerStatus> shorts(GlobalPinInfo info) {
    Map<PeerId, PeerStatus> shorts = new HashMap<>();
    info.peers().forEach((peer, each) -> shorts.put(peer, PeerStatus.of(each)));
    return shorts;
  }

  /** Go's PinInfoShort: what one peer says, without what the pin itself says. */
  record PeerStatus(
      String peerName,
      Optional<PeerId> ipfsId,
      List<Multiaddr> ipfsAddresses,
      TrackerStatus status,
      Instant timestamp,
      String error,
      int attempts,
      boolean priority) {

    static PeerStatus of(PinInfo info) {
      return new PeerStatus(
          info.peerName(),
          info.ipfsId(),
          info.ipfsAddresses(),
          info.status(),
          info.timestamp(),
          info.error(),
          info.attempts(),
          info.priority());
    }

    PinInfo toInfo(
        Cid cid,
        String name,
        PeerId peer,
        List<PeerId> allocations,
        List<Multiaddr> origins,
        Optional<Instant> created,
        Map<String, String> metadata) {
      return new PinInfo(
          cid,
          name,
          peer,
          allocations,
          origins,
          created,
          metadata,
          peerName,
          ipfsId,
          ipfsAddresses,
          status,
          timestamp,
          error,
          attempts,
          priority);
    }
  }
}
