package io.ecluster.core.consensus;

import static io.ecluster.core.consensus.TestPins.pin;
import static io.ecluster.core.consensus.TestPins.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.state.Datastore;
import io.ecluster.core.state.MemoryDatastore;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OfflineStateTest {
  private final Datastore store = new MemoryDatastore();
  private final OfflineState state = new OfflineState(store);

  @Test
  void pinsThatAreAddedAreOneDelta() {
    state.add(List.of(pin(1, "a"), pin(2, "b")));

    assertThat(TestPins.names(state.pins())).containsValues("a", "b").hasSize(2);
    assertThat(state.heads().cids()).hasSize(1);
    assertThat(state.heads().maxHeight()).isEqualTo(1);
    assertThat(state.heads().dirty()).isFalse();
  }

  @Test
  void dirtyIsRememberedAndRepairMakesItClean() {
    state.markDirty();

    Replica running = new Replica(store);
    assertThat(running.isDamaged()).isTrue();
    running.repair();
    assertThat(new OfflineState(store).heads().dirty()).isFalse();
  }

  @Test
  void cleanMeansThatWhatNobodyGaveIsNotWantedAnyMore() {
    Datastore otherStore = new MemoryDatastore();
    Replica other = new Replica(otherStore);
    Cid first = other.commit(List.of(put(1, "a"))).getFirst().cid();
    Cid second = other.commit(List.of(put(2, "b"))).getFirst().cid();
    Replica running = new Replica(store);
    running.accept(second, new CrdtBlocks(otherStore).get(second).orElseThrow());
    running.unavailable(first);
    OfflineState stopped = new OfflineState(store);
    assertThat(stopped.heads().dirty()).isTrue();

    stopped.markClean();

    assertThat(new OfflineState(store).heads().dirty()).isFalse();
    assertThat(store.has(CrdtKeys.wanted(first))).isFalse();
    new Replica(store).repair();
    assertThat(store.has(CrdtKeys.wanted(first))).as("a repair finds it again").isTrue();
  }

  @Test
  void theGraphNamesEachBlockAndItsLinks() throws IOException {
    state.add(List.of(pin(1, "a")));
    Cid first = state.heads().cids().getFirst();
    state.add(List.of(pin(1, "b"), pin(2, "c")));
    Cid second = state.heads().cids().getFirst();
    StringBuilder dot = new StringBuilder();

    state.writeDot(dot);

    String end = second.toString().substring(second.toString().length() - 4);
    assertThat(dot.toString())
        .startsWith("digraph CRDTDAG {\nsubgraph heads {\n" + second + "\n}\n")
        .contains(second + " [label=\"2 | " + end + ": +2 -0\"]\n" + second + " -> {" + first + "}")
        .contains(first + " -> {}\n")
        .endsWith("}\n");
  }
}
