package io.ecluster.core.consensus;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinProtobuf;
import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Every step that the Go stack was led through, taken by ours, to the same bytes everywhere. */
class CrdtVectorsTest {
  private static final HexFormat HEX = HexFormat.of();

  private final Vectors vectors = Vectors.load("crdt");
  private final Datastore store = new MemoryDatastore();
  private final Replica replica = new Replica(store);

  @Test
  void theTopicIsTheHashOfTheClustersName() {
    assertThat(CrdtConfig.defaults("ipfs-cluster").topic())
        .isEqualTo(vectors.named("topic").text("meaning"));
    assertThat(CrdtConfig.defaults("my cluster").topic())
        .isEqualTo(vectors.named("topic 2").text("meaning"));
  }

  @Test
  void pinsAreNamedByTheirCid() {
    List<Vectors.Vector> names =
        vectors.all().stream().filter(v -> v.text("name").startsWith("state key of")).toList();

    assertThat(names).hasSize(3);
    for (Vectors.Vector vector : names) {
      Cid cid = Cid.fromBytes(vector.bytes());
      assertThat("/" + CrdtKeys.pinName(cid)).isEqualTo(vector.text("meaning"));
      assertThat(CrdtKeys.pinOf(vector.text("meaning").substring(1))).contains(cid);
    }
  }

  @Test
  void aFreshStoreHoldsTheVersion() {
    assertDump("0 fresh store");
  }

  @Test
  void eachStepGivesTheSameBlockBroadcastHooksAndRecords() {
    for (String step :
        List.of(
            "1 pin A",
            "2 pin B",
            "3 re-pin A",
            "4 batch: pin C + unpin B",
            "5 unpin A",
            "6 re-pin A")) {
      write(step);
    }
  }

  @Test
  void concurrentWritesLeaveTwoHeadsAndTheGreaterBytesWin() {
    write("fork y1: pin A on replica y");
    Replica x = new Replica(new MemoryDatastore());
    JsonNode node = node("fork x1: pin A on replica x");
    Replica.Applied made = x.commit(changes(node)).getFirst();
    byte[] block = HEX.parseHex(node.get("block").asString());

    Optional<Replica.Applied> merged = replica.accept(made.cid(), block);

    assertThat(merged.orElseThrow().events()).isEmpty();
    assertDump("fork y2: replica y receives x1's head");
    try (Stream<Pin> pins = new CrdtState(store).list()) {
      assertThat(pins.map(pin -> pin.options().name()))
          .containsExactly(vectors.named("fork result").text("meaning"));
    }
    write("fork y3: pin B on y merges heads");
  }

  @Test
  void aBareCidIsReadWhereOldPeersSentOne() {
    byte[] legacy = vectors.named("legacy broadcast").bytes();
    Cid cid = Cid.fromBytes(legacy);

    assertThat(HeadsMessage.decode(legacy)).containsExactly(cid);
    assertThat(HeadsMessage.decode(cid.hash().toBytes())).containsExactly(cid);
  }

  @Test
  void aMessageWithoutHeadsIsRead() {
    assertThat(HeadsMessage.encode(List.of())).isEmpty();
    assertThat(HeadsMessage.decode(new byte[0])).isEmpty();
  }

  @Test
  void headsThatCannotBeDeltasAreRefused() {
    Cid raw = Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");

    assertThatThrownBy(() -> HeadsMessage.decode(HeadsMessage.encode(List.of(raw))))
        .isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> HeadsMessage.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(FormatException.class);
  }

  private void write(String step) {
    JsonNode node = node(step);
    JsonNode extra = vectors.named(step).node().get("extra");

    List<Replica.Applied> made = replica.commit(changes(node));

    assertThat(made).hasSize(1);
    Cid cid = made.getFirst().cid();
    assertThat(HEX.formatHex(cid.toBytes())).isEqualTo(node.get("cidBytes").asString());
    assertThat(HEX.formatHex(new CrdtBlocks(store).get(cid).orElseThrow()))
        .isEqualTo(node.get("block").asString());
    assertThat("/" + CrdtKeys.blockName(cid)).isEqualTo(node.get("blockKey").asString());
    assertThat(HEX.formatHex(HeadsMessage.encode(List.of(cid))))
        .isEqualTo(extra.get("broadcast").asString());
    assertThat(HeadsMessage.decode(HEX.parseHex(extra.get("broadcast").asString())))
        .containsExactly(cid);
    assertThat(made.getFirst().events().stream().map(CrdtVectorsTest::hook))
        .isEqualTo(extra.get("hooks").valueStream().map(JsonNode::asString).toList());
    assertDelta(node);
    assertDump(step);
  }

  private static void assertDelta(JsonNode node) {
    byte[] bytes = HEX.parseHex(node.get("delta").asString());
    Delta delta = Delta.decode(bytes);

    assertThat(delta.priority()).isEqualTo(node.get("decoded").get("priority").asLong());
    assertThat(HEX.formatHex(delta.encode())).isEqualTo(node.get("delta").asString());
  }

  private JsonNode node(String step) {
    return vectors.named(step).node().get("extra").get("node");
  }

  /** The changes that made a delta. */
  private static List<PinChange> changes(JsonNode node) {
    List<PinChange> changes = new ArrayList<>();
    JsonNode delta = node.get("decoded");
    delta
        .get("elements")
        .forEach(element ->
            changes.add(
                new PinChange.Put(
                    PinProtobuf.decode(HEX.parseHex(element.get("value").asString())))));
    delta
        .get("tombstones")
        .forEach(tombstone ->
            changes.add(
                new PinChange.Remove(
                    CrdtKeys.pinOf(tombstone.get("key").asString().substring(1)).orElseThrow())));
    return changes;
  }

  private static String hook(PinChange change) {
    return switch (change) {
      case PinChange.Put put -> "put /" + CrdtKeys.pinName(put.pin().cid());
      case PinChange.Remove remove -> "delete /" + CrdtKeys.pinName(remove.cid());
    };
  }

  private void assertDump(String step) {
    TreeMap<String, String> expected = new TreeMap<>();
    vectors
        .named(step)
        .node()
        .get("extra")
        .get("datastoreAfter")
        .forEach(entry -> expected.put(entry.get("key").asString(), entry.get("value").asString()));
    TreeMap<String, String> actual = new TreeMap<>();
    try (Stream<Datastore.Entry> entries = store.scan(new byte[0])) {
      entries.forEach(
          entry -> actual.put(new String(entry.key(), ISO_8859_1), HEX.formatHex(entry.value())));
    }
    assertThat(actual).as(step).isEqualTo(expected);
  }
}
