package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.monitor.Metric;
import io.ecluster.core.pin.GlobalPinInfo;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Go wrote is understood, and written again as the same bytes. */
class MsgpackTypesTest {
  private static final Vectors VECTORS = Vectors.load("msgpack_types");
  private static final PeerId P1 =
      PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5");

  /** The codec of each vector, by the beginning of its name; the longest match wins. */
  private static final Map<String, Codec<?>> CODECS = new LinkedHashMap<>();

  static {
    CODECS.put("empty struct", Codecs.NOTHING);
    CODECS.put("bool", Codecs.BOOL);
    CODECS.put("int64", Codecs.LONG);
    CODECS.put("uint64", Codecs.UNSIGNED);
    CODECS.put("float64", Codecs.FLOAT);
    CODECS.put("string", Codecs.STRING);
    CODECS.put("bytes len", Codecs.BYTES);
    CODECS.put("bytes empty non-nil", Codecs.BYTES);
    CODECS.put("[]string", Codecs.STRINGS);
    CODECS.put("[]string nil", Codecs.nilList(Codecs.STRING));
    CODECS.put("time", Codecs.TIME);
    CODECS.put("api.Cid", Codecs.CID);
    CODECS.put("api.Cid undefined", Codecs.OPTIONAL_CID);
    CODECS.put("peer.ID", Codecs.PEER);
    CODECS.put("[]peer.ID", Codecs.PEERS);
    CODECS.put("api.Multiaddr", Codecs.ADDRESS);
    CODECS.put("protocol.ID", Codecs.STRING);
    CODECS.put("TrackerStatus", Codecs.STATUS);
    CODECS.put("TrackerStatus error", Codecs.INT);
    CODECS.put("TrackerStatus queued", Codecs.INT);
    CODECS.put("PinType", Codecs.PIN_TYPE);
    CODECS.put("PinType all", Codecs.UNSIGNED);
    CODECS.put("IPFSPinStatus 2", Codecs.PIN_MODE);
    CODECS.put("IPFSPinStatus 3", Codecs.PIN_MODE);
    CODECS.put("rpc.ServiceID", ServiceId.CODEC);
    CODECS.put("rpc.Response", Response.CODEC);
    CODECS.put("PinOptions", PinCodecs.OPTIONS);
    CODECS.put("Pin ", PinCodecs.PIN);
    CODECS.put("PinPath", PinCodecs.PIN_PATH);
    CODECS.put("PinInfoShort", PinInfoCodecs.SHORT);
    CODECS.put("PinInfo", PinInfoCodecs.PIN_INFO);
    CODECS.put("GlobalPinInfo", PinInfoCodecs.GLOBAL_PIN_INFO);
    CODECS.put("ID", PeerCodecs.PEER_INFO);
    CODECS.put("IPFSID", PeerCodecs.IPFS_INFO);
    CODECS.put("Metric", PeerCodecs.METRIC);
    CODECS.put("[]Metric", Codecs.list(PeerCodecs.METRIC));
    CODECS.put("[]Alert", Codecs.list(PeerCodecs.ALERT));
    CODECS.put("Version", IpfsCodecs.VERSION);
    CODECS.put("ConnectGraph", PeerCodecs.GRAPH);
    CODECS.put("IPFSPinInfo", IpfsCodecs.PINNED);
    CODECS.put("IPFSRepoStat", IpfsCodecs.REPO_STAT);
    CODECS.put("RepoGC", IpfsCodecs.REPO_GC);
    CODECS.put("GlobalRepoGC", IpfsCodecs.GLOBAL_REPO_GC);
    CODECS.put("NodeWithMeta", IpfsCodecs.NODE);
    CODECS.put("BandwidthByProtocol", Codecs.sortedMap(IpfsCodecs.BANDWIDTH));
  }

  /**
   * Not rewritten: Go's zero values, which ours have no form for (see {@link #zeroValues}), an
   * empty peer id, which not even Go reads, nil where we have no nil, and a type no method uses.
   */
  private static final List<String> NOT_VALUES =
      List.of(
          "nil",
          "bytes nil",
          "peer.ID empty",
          "IPFSPinStatus 0",
          "IPFSPinStatus 1",
          "IPFSPinStatus 4",
          "IPFSPinStatus 5",
          "Pin zero value",
          "PinInfo zero",
          "GlobalPinInfo zero",
          "ID zero",
          "IPFSRepoStat zero",
          "api.Error");

  static Stream<String> values() {
    return VECTORS.all().stream().map(v -> v.text("name")).filter(n -> !NOT_VALUES.contains(n));
  }

  @ParameterizedTest
  @MethodSource("values")
  void rewritesTheBytesOfGo(String name) throws IOException {
    String hex = VECTORS.named(name).hex();
    assertThat(Bytes.rewrite(codec(name), hex)).isEqualTo(hex);
  }

  @Test
  void zeroValues() throws IOException {
    Map<String, Codec<?>> zeros =
        Map.of(
            "Pin zero value", PinCodecs.PIN,
            "PinInfo zero", PinInfoCodecs.PIN_INFO,
            "GlobalPinInfo zero", PinInfoCodecs.GLOBAL_PIN_INFO,
            "ID zero", PeerCodecs.PEER_INFO,
            "IPFSRepoStat zero", IpfsCodecs.REPO_STAT,
            "time zero", Codecs.TIME,
            "api.Cid undefined", Codecs.CID,
            "empty struct", Codecs.NOTHING);
    for (Map.Entry<String, Codec<?>> zero : zeros.entrySet()) {
      String hex = VECTORS.named(zero.getKey()).hex();
      assertThat(Bytes.encodeZero(zero.getValue())).as(zero.getKey()).isEqualTo(hex);
    }
  }

  @Test
  void aPinMeansWhatGoSays() throws IOException {
    Pin pin = Bytes.decode(PinCodecs.PIN, VECTORS.named("Pin full").hex());
    assertThat(pin.type()).isEqualTo(PinType.DATA);
    assertThat(pin.maxDepth()).isEqualTo(-1);
    assertThat(pin.allocations()).hasSize(2).startsWith(P1);
    assertThat(pin.options().name()).isEqualTo("my pin");
    assertThat(pin.options().replicationMin()).isEqualTo(2);
    assertThat(pin.options().replicationMax()).isEqualTo(3);
    assertThat(pin.options().shardSize()).isEqualTo(100_000_000);
    assertThat(pin.options().metadata()).isEqualTo(new TreeMap<>(Map.of("k", "v")));
    assertThat(pin.timestamp()).contains(Instant.parse("2023-11-14T22:13:20.123456789Z"));
    assertThat(pin.reference()).isPresent();
  }

  @Test
  void aPinInfoMeansWhatGoSays() throws IOException {
    PinInfo info = Bytes.decode(PinInfoCodecs.PIN_INFO, VECTORS.named("PinInfo").hex());
    assertThat(info.status()).isEqualTo(TrackerStatus.PIN_ERROR);
    assertThat(info.error()).isEqualTo("some error");
    assertThat(info.attempts()).isEqualTo(3);
    assertThat(info.priority()).isTrue();
    assertThat(info.peer()).isEqualTo(P1);
  }

  @Test
  void whatOnePeerSaysOfAPinCarriesThePinToo() throws IOException {
    String hex = VECTORS.named("GlobalPinInfo one peer").hex();
    GlobalPinInfo info = Bytes.decode(PinInfoCodecs.GLOBAL_PIN_INFO, hex);
    PinInfo of = Objects.requireNonNull(info.peers().get(P1));
    assertThat(of.cid()).isEqualTo(info.cid());
    assertThat(of.peer()).isEqualTo(P1);
    assertThat(of.allocations()).isEqualTo(info.allocations());
  }

  @Test
  void aMetricMeansWhatGoSays() throws IOException {
    Metric metric =
        Bytes.decode(PeerCodecs.METRIC, VECTORS.named("Metric pinqueue negative weight").hex());
    assertThat(metric.name()).isEqualTo("pinqueue");
    assertThat(metric.value()).isEqualTo("250000");
    assertThat(metric.weight()).isEqualTo(-2);
    assertThat(metric.expire()).isEqualTo(Instant.ofEpochSecond(0, 0x17979cfe3d85cd15L));
  }

  @Test
  void erasureOptionsTravelAndAreAbsentWhenThereAreNone() throws IOException {
    Pin plain = Bytes.decode(PinCodecs.PIN, VECTORS.named("Pin full").hex());
    Pin coded = plain.withOptions(plain.options().withCode(1 << 20, 4, 2));
    String hex = Bytes.encode(PinCodecs.PIN, coded);
    assertThat(hex).contains("a2647304", "a2707302");
    assertThat(Bytes.decode(PinCodecs.PIN, hex)).isEqualTo(coded);
  }

  @Test
  void aPinWithoutCidIsRefused() {
    assertThatThrownBy(() -> Bytes.decode(PinCodecs.PIN, "81a163c0"))
        .isInstanceOf(MsgException.class)
        .hasMessageContaining("field c is missing");
  }

  private static Codec<?> codec(String name) {
    return CODECS.keySet().stream()
        .filter(name::startsWith)
        .max(java.util.Comparator.comparingInt(String::length))
        .map(CODECS::get)
        .orElseThrow(() -> new AssertionError("no codec for " + name));
  }
}
