package io.ecluster.service.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.core.consensus.OfflineState;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinType;
import io.ecluster.core.state.Datastore;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateImportTest {
  @TempDir Path temp;

  private StateFolder folder() {
    return new StateFolder(temp.resolve("records"));
  }

  private static Cid cid(int number) {
    byte[] bytes = ByteBuffer.allocate(4).putInt(number).array();
    return Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(bytes));
  }

  /** A pin of the erasure fork, which writes the numbers of shards with every pin. */
  private static Map<String, @Nullable Object> forkPin(
      int number, PinType type, String name, int dataShards) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("data_shards", dataShards);
    json.put("parity_shards", dataShards / 2);
    json.put("cid", cid(number).toString());
    json.put("type", type.text());
    json.put("max_depth", -1);
    return json;
  }

  private static List<Map<String, @Nullable Object>> forkExport() {
    List<Map<String, @Nullable Object>> pins = new ArrayList<>();
    pins.add(forkPin(1, PinType.DATA, "plain", 0));
    Map<String, @Nullable Object> meta = forkPin(2, PinType.META, "film", 4);
    meta.put("reference", cid(3).toString());
    pins.add(meta);
    Map<String, @Nullable Object> dag = forkPin(3, PinType.CLUSTER_DAG, "film-clusterDAG", 4);
    dag.put("metadata", Map.of("0", "1048576"));
    pins.add(dag);
    pins.add(forkPin(4, PinType.SHARD, "film-shard-0", 4));
    pins.add(forkPin(5, PinType.DATA, "film-parity-shard-0", 4));
    pins.add(forkPin(6, PinType.DATA, "film-parity-shard-1", 0));
    return pins;
  }

  private StateImport.Result load(List<Map<String, @Nullable Object>> pins) throws IOException {
    Path file = temp.resolve("export.json");
    Files.write(file, pins.stream().map(Json::write).toList());
    return StateImport.run(file, folder(), StateImport.Overrides.NONE);
  }

  private List<Pin> stored() {
    try (Datastore store = folder().open();
        Stream<Pin> pins = new OfflineState(store).pins().list()) {
      return pins.toList();
    }
  }

  @Test
  void ofAnExportOfTheForkPlainPinsAreTakenAndCodedFilesNamed() throws IOException {
    for (long seed = 1; seed <= 20; seed++) {
      List<Map<String, @Nullable Object>> pins = forkExport();
      Collections.shuffle(pins, new Random(seed));

      StateImport.Result result = load(pins);

      assertThat(result.imported()).as("seed %d", seed).isEqualTo(1);
      assertThat(result.toAddAgain())
          .as("seed %d", seed)
          .singleElement()
          .satisfies(pin -> assertThat(pin.cid()).isEqualTo(cid(2)))
          .satisfies(pin -> assertThat(pin.options().name()).isEqualTo("film"));
      assertThat(stored()).extracting(Pin::cid).containsExactly(cid(1));
    }
  }

  @Test
  void ourOwnCodedFilesAreTaken() throws IOException {
    Map<String, @Nullable Object> meta = forkPin(1, PinType.META, "film", 4);
    meta.put("reference", cid(2).toString());
    Map<String, @Nullable Object> dag = forkPin(2, PinType.CLUSTER_DAG, "film-manifest", 0);
    Map<String, @Nullable Object> shard = forkPin(3, PinType.SHARD, "film-shard-0", 0);
    for (Map<String, @Nullable Object> part : List.of(dag, shard)) {
      part.remove("data_shards");
      part.remove("parity_shards");
    }

    StateImport.Result result = load(List.of(meta, dag, shard));

    assertThat(result.imported()).isEqualTo(3);
    assertThat(result.toAddAgain()).isEmpty();
    assertThat(stored())
        .filteredOn(pin -> pin.type() == PinType.META)
        .singleElement()
        .satisfies(pin -> assertThat(pin.options().dataShards()).isEqualTo(4))
        .satisfies(pin -> assertThat(pin.reference()).contains(cid(2)));
  }

  @Test
  void manyPinsAreFewDeltas() throws IOException {
    load(IntStream.range(0, 5000).mapToObj(i -> forkPin(i, PinType.DATA, "pin " + i, 0)).toList());

    assertThat(stored()).hasSize(5000);
    try (Datastore store = folder().open()) {
      assertThat(new OfflineState(store).heads().maxHeight()).isBetween(1L, 6L);
    }
  }

  @Test
  void aReplacementThatWasCutShortIsFinishedOrTakenBack() throws IOException {
    load(List.of(forkPin(1, PinType.DATA, "old", 0)));
    Path old = temp.resolve("records.old");
    Files.move(temp.resolve("records"), old);
    assertThat(stored()).as("cut between the two renames").hasSize(1);

    Files.createDirectory(old);
    assertThat(stored()).as("cut before the old ones were removed").hasSize(1);
    assertThat(old).doesNotExist();
  }

  @Test
  void recordsOfTheGoProgramAreNoticed() throws IOException {
    Path pebble = Files.createDirectory(temp.resolve("pebble"));
    assertThat(folder().unreadable()).containsExactly(pebble);
    folder().open().close();
    assertThat(folder().unreadable()).isEmpty();
  }
}
