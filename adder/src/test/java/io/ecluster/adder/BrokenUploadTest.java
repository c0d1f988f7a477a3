package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.consensus.Consensus.PinChange;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that go away in the middle of an upload. Time stands still: nothing waits for a limit.
 */
class BrokenUploadTest {
  private static final byte[] BYTES = AddCluster.random(2_700_000, 7);

  @ParameterizedTest(name = "after {0} bytes")
  @ValueSource(ints = {0, 1, 100_000, 300_000, 1_048_576, 1_200_000, 2_500_000, 2_699_999})
  void ofACodedUploadNothingIsLeft(int place) {
    try (AddCluster c = new AddCluster(8)) {
      assertThatThrownBy(() ->
              AddCluster.add(
                  c.adder(c.peer(0)),
                  AddCluster.coded(AddCluster.CODE),
                  List.of(UploadStream.brokenOff("film.mp4", BYTES, place))))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("broke off in film.mp4")
          .hasMessageContaining("connection reset");
      assertNoRootWasEverPinned(c);
      c.assertNothingIsLeft();
    }
  }

  private static void assertNoRootWasEverPinned(AddCluster c) {
    assertThat(c.cluster.pinset.deltas().stream().flatMap(List::stream))
        .allMatch(change ->
            change instanceof PinChange.Remove
                || (change instanceof PinChange.Put put && put.pin().type() == PinType.SHARD));
  }

  @Test
  void ofTheFilesBeforeItNothingIsLeftEither() {
    try (AddCluster c = new AddCluster(8)) {
      List<AddEntry> entries =
          List.of(
              AddCluster.file("trip/a", AddCluster.random(1_500_000, 1)),
              UploadStream.brokenOff("trip/b", BYTES, 10));
      assertThatThrownBy(
              () -> AddCluster.add(c.adder(c.peer(0)), AddCluster.coded(AddCluster.CODE), entries))
          .hasMessageContaining("broke off in trip/b");
      c.assertNothingIsLeft();
    }
  }

  /** What an iterator throws, as when the multipart form is malformed. */
  @Test
  void anUploadThatCannotBeParsedLeavesNothing() {
    try (AddCluster c = new AddCluster(8)) {
      Iterator<AddEntry> entries =
          new Iterator<>() {
            private boolean given;

            @Override
            public boolean hasNext() {
              return true;
            }

            @Override
            public AddEntry next() {
              if (given) {
                throw new IllegalArgumentException("no boundary");
              }
              given = true;
              return AddCluster.file("trip/a", BYTES);
            }
          };
      assertThatThrownBy(
              () -> c.adder(c.peer(0)).add(AddCluster.coded(AddCluster.CODE), entries, _ -> {}))
          .hasMessageContaining("no boundary");
      c.assertNothingIsLeft();
    }
  }

  /** The client that reads the events is gone. */
  @ParameterizedTest(name = "at event {0}")
  @ValueSource(ints = {1, 7, 13, 19})
  void aClientThatDoesNotReadItsEventsIsGoneToo(int event) {
    try (AddCluster c = new AddCluster(8)) {
      int[] told = {0};
      assertThatThrownBy(() ->
              c.adder(c.peer(0))
                  .add(
                      AddCluster.coded(AddCluster.CODE),
                      List.of(AddCluster.file("film.mp4", BYTES)).iterator(),
                      _ -> {
                        if (++told[0] == event) {
                          throw new IllegalStateException("the client is gone");
                        }
                      }))
          .hasMessageContaining("the client is gone");
      c.assertNothingIsLeft();
    }
  }

  @ParameterizedTest(name = "after {0} bytes")
  @ValueSource(ints = {0, 100_000, 2_699_999})
  void ofAReplicatedUploadNothingIsLeft(int place) {
    try (AddCluster c = new AddCluster(3)) {
      assertThatThrownBy(() ->
              AddCluster.add(
                  c.adder(c.peer(0)),
                  AddCluster.request(PinOptions.NONE, Optional.empty()),
                  List.of(UploadStream.brokenOff("film.mp4", BYTES, place))))
          .isInstanceOf(UncheckedIOException.class);
      assertThat(c.cluster.pinset.deltas()).isEmpty();
      c.assertNothingIsLeft();
    }
  }
}
