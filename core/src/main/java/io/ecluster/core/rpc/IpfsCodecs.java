package io.ecluster.core.rpc;

import static io.ecluster.core.rpc.Field.always;
import static io.ecluster.core.rpc.Field.expected;
import static io.ecluster.core.rpc.Field.omitted;
import static io.ecluster.core.rpc.Field.required;

import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What IPFS nodes hold and do, on the wire. */
final class IpfsCodecs {
  private static final Field<PinnedCid, Cid> PINNED_CID = required("c", Codecs.CID, PinnedCid::cid);
  private static final Field<PinnedCid, PinMode> PINNED_MODE =
      required("t", Codecs.PIN_MODE, PinnedCid::mode);

  static final Codec<PinnedCid> PINNED =
      new StructCodec<>(
          List.of(PINNED_CID, PINNED_MODE),
          values -> new PinnedCid(values.get(PINNED_CID), values.get(PINNED_MODE)));

  private static final Field<RepoStat, Long> REPO_SIZE =
      omitted("r", Codecs.UNSIGNED, 0L, RepoStat::repoSize);
  private static final Field<RepoStat, Long> STORAGE_MAX =
      always("s", Codecs.UNSIGNED, 0L, RepoStat::storageMax);

  static final Codec<RepoStat> REPO_STAT =
      new StructCodec<>(
          List.of(REPO_SIZE, STORAGE_MAX),
          values -> new RepoStat(values.get(REPO_SIZE), values.get(STORAGE_MAX)));

  private static final Field<RepoGc.Key, Optional<Cid>> GC_CID =
      omitted("k", Codecs.OPTIONAL_CID, Optional.empty(), RepoGc.Key::cid);
  private static final Field<RepoGc.Key, String> GC_KEY_ERROR =
      omitted("e", Codecs.STRING, "", RepoGc.Key::error);

  private static final Codec<RepoGc.Key> GC_KEY =
      new StructCodec<>(
          List.of(GC_CID, GC_KEY_ERROR),
          values -> new RepoGc.Key(values.get(GC_CID), values.get(GC_KEY_ERROR)));

  private static final Field<RepoGc, PeerId> GC_PEER = expected("p", Codecs.PEER, RepoGc::peer);
  private static final Field<RepoGc, String> GC_PEER_NAME =
      omitted("pn", Codecs.STRING, "", RepoGc::peerName);
  private static final Field<RepoGc, List<RepoGc.Key>> GC_KEYS =
      always("k", Codecs.nilList(GC_KEY), List.of(), RepoGc::keys);
  private static final Field<RepoGc, String> GC_ERROR =
      omitted("e", Codecs.STRING, "", RepoGc::error);

  static final Codec<RepoGc> REPO_GC =
      new StructCodec<>(
          List.of(GC_PEER, GC_PEER_NAME, GC_KEYS, GC_ERROR),
          values ->
              new RepoGc(
                  values.get(GC_PEER),
                  values.get(GC_PEER_NAME),
                  values.get(GC_KEYS),
                  values.get(GC_ERROR)));

  private static final Field<Map<PeerId, RepoGc>, Map<PeerId, RepoGc>> GLOBAL_GC =
      omitted("pm", Codecs.byPeer(REPO_GC), Map.of(), map -> map);

  static final Codec<Map<PeerId, RepoGc>> GLOBAL_REPO_GC =
      new StructCodec<>(List.of(GLOBAL_GC), values -> values.get(GLOBAL_GC));

  private static final byte[] NO_DATA = {};
  private static final Field<NodeWithMeta, byte[]> DATA =
      omitted("d", Codecs.BYTES, NO_DATA, NodeWithMeta::data);
  private static final Field<NodeWithMeta, Cid> NODE_CID =
      required("c", Codecs.CID, NodeWithMeta::cid);
  private static final Field<NodeWithMeta, Long> SIZE =
      omitted("s", Codecs.UNSIGNED, 0L, NodeWithMeta::cumulativeSize);

  static final Codec<NodeWithMeta> NODE =
      new StructCodec<>(
          List.of(DATA, NODE_CID, SIZE),
          values -> new NodeWithMeta(values.get(NODE_CID), values.get(DATA), values.get(SIZE)));

  private static final Field<Version, String> VERSION_TEXT =
      always("v", Codecs.STRING, "", Version::version);

  static final Codec<Version> VERSION =
      new StructCodec<>(List.of(VERSION_TEXT), values -> new Version(values.get(VERSION_TEXT)));

  private static final Field<Bandwidth, Long> IN =
      omitted("i", Codecs.LONG, 0L, Bandwidth::totalIn);
  private static final Field<Bandwidth, Long> OUT =
      omitted("o", Codecs.LONG, 0L, Bandwidth::totalOut);
  private static final Field<Bandwidth, Double> RATE_IN =
      omitted("ri", Codecs.FLOAT, 0.0, Bandwidth::rateIn);
  private static final Field<Bandwidth, Double> RATE_OUT =
      omitted("ro", Codecs.FLOAT, 0.0, Bandwidth::rateOut);

  static final Codec<Bandwidth> BANDWIDTH =
      new StructCodec<>(
          List.of(IN, OUT, RATE_IN, RATE_OUT),
          values ->
              new Bandwidth(
                  values.get(IN), values.get(OUT), values.get(RATE_IN), values.get(RATE_OUT)));

  private IpfsCodecs() {}
}
