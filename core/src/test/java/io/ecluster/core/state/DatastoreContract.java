package io.ecluster.core.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.state.Datastore.Change;
import io.ecluster.core.state.Datastore.Entry;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every datastore does. */
abstract class DatastoreContract {
  abstract Datastore store();

  static Change put(String key, String value) {
    return new Change.Put(key.getBytes(UTF_8), value.getBytes(UTF_8));
  }

  static Change delete(String key) {
    return new Change.Delete(key.getBytes(UTF_8));
  }

  static List<String> keys(Datastore store, String prefix) {
    try (Stream<Entry> entries = store.scan(prefix.getBytes(UTF_8))) {
      return entries.map(entry -> new String(entry.key(), UTF_8)).toList();
    }
  }

  @Test
  void returnsWhatWasPut() {
    store().write(List.of(put("a", "1"), put("empty", "")));

    assertThat(store().get("a".getBytes(UTF_8))).contains("1".getBytes(UTF_8));
    assertThat(store().get("empty".getBytes(UTF_8))).contains(new byte[0]);
    assertThat(store().has("empty".getBytes(UTF_8))).isTrue();
    assertThat(store().get("b".getBytes(UTF_8))).isEmpty();
    assertThat(store().has("b".getBytes(UTF_8))).isFalse();
  }

  @Test
  void appliesTheChangesOfABatchInOrder() {
    store().write(List.of(put("a", "1"), delete("a"), put("b", "1"), put("b", "2")));

    assertThat(store().has("a".getBytes(UTF_8))).isFalse();
    assertThat(store().get("b".getBytes(UTF_8))).contains("2".getBytes(UTF_8));
  }

  @Test
  void scansOnePrefixInTheOrderOfUnsignedBytes() {
    store()
        .write(List.of(put("p/é", ""), put("p/b", ""), put("p/a", ""), put("q", ""), put("o", "")));

    assertThat(keys(store(), "p/")).containsExactly("p/a", "p/b", "p/é");
    assertThat(keys(store(), "p/c")).isEmpty();
    assertThat(keys(store(), "")).hasSize(5);
  }

  @Test
  void scansTheRecordsAsTheyWereWhenTheScanBegan() {
    store().write(List.of(put("a", ""), put("b", "")));
    try (Stream<Entry> entries = store().scan(new byte[0])) {
      store().write(List.of(delete("b"), put("c", "")));
      assertThat(entries.map(entry -> new String(entry.key(), UTF_8))).containsExactly("a", "b");
    }
  }
}
