package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is taken for Go's fault, and what never is. */
class SamePinsTest {
  private final FakePeer go0 = new FakePeer(false);
  private final FakePeer go1 = new FakePeer(false);
  private final FakePeer ours0 = new FakePeer(true);
  private final FakePeer ours1 = new FakePeer(true);
  private Instant now = Instant.EPOCH;
  private final SamePins same = new SamePins(List.of(go0, go1, ours0, ours1), () -> now);

  @BeforeEach
  void allHaveOnePin() {
    List.of(go0, go1, ours0, ours1).forEach(peer -> peer.has("cid", "name"));
  }

  private boolean settledAfterALongTime() {
    assertThat(same.settled()).isFalse();
    now = now.plusSeconds(151);
    return same.settled();
  }

  @Test
  void theSameIsTheSameAtOnce() {
    assertThat(same.settled()).isTrue();
  }

  @Test
  void aGoPeerMayBeWrongAloneOnceNothingChangesAnyMore() {
    go0.has("cid", "another");
    assertThat(same.settled()).isFalse();
    now = now.plusSeconds(151);
    go0.has("cid 2", "late");
    assertThat(same.settled()).isFalse();
    assertThat(settledAfterALongTime()).isTrue();
    assertThat(SamePins.differing(List.of(go0.pins(), ours0.pins())))
        .containsExactlyInAnyOrder("cid", "cid 2");
  }

  @Test
  void nobodyIsBelievedAgainstAllGoPeers() {
    go0.has("cid 2", "pinned");
    go1.has("cid 2", "pinned");
    assertThat(settledAfterALongTime()).isFalse();
  }

  @Test
  void oursMustAgree() {
    ours1.has("cid 2", "pinned");
    assertThat(settledAfterALongTime()).isFalse();
  }
}
