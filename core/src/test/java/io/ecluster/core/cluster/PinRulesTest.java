package io.ecluster.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.pin.PinType;
import io.ecluster.ipfs.TestDag;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinRulesTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Cid CID = TestDag.raw("a").cid();
  private static final Cid OTHER = TestDag.raw("b").cid();
  private static final PeerId PEER = PeerId.ofPublicKey(new byte[] {1});

  private final PinRules rules = new PinRules(2, 3);

  @ParameterizedTest(name = "factors {0} and {1} become {2} and {3}")
  @CsvSource({"0, 0, 2, 3", "1, 0, 1, 3", "0, 5, 2, 5", "-1, -1, -1, -1", "4, 4, 4, 4"})
  void fillsInDefaultReplication(int min, int max, int expectedMin, int expectedMax) {
    PinOptions options = check(pin(min, max)).options();
    assertThat(options.replicationMin()).isEqualTo(expectedMin);
    assertThat(options.replicationMax()).isEqualTo(expectedMax);
  }

  @ParameterizedTest(name = "factors {0} and {1} are refused")
  @CsvSource({"4, 0", "3, 2", "-1, 3", "2, -1", "-2, -2", "-1, 0"})
  void refusesImpossibleReplication(int min, int max) {
    assertThatThrownBy(() -> check(pin(min, max)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("replication factor");
  }

  @Test
  void everywhereMeansNoAllocations() {
    assertThat(check(pin(-1, -1).withAllocations(List.of(PEER))).allocations()).isEmpty();
    assertThat(check(pin(1, 1).withAllocations(List.of(PEER))).allocations()).containsExactly(PEER);
  }

  @Test
  void refusesToExpireInThePast() {
    Pin pin = expiring(NOW.minusSeconds(1));
    assertThatThrownBy(() -> check(pin)).hasMessage("pin.ExpireAt set before current time");
    assertThat(check(expiring(NOW.plusSeconds(1))).options().expireAt()).isPresent();
  }

  @ParameterizedTest(name = "a {0} over a {1}: allowed {2}")
  @CsvSource({
    "DATA, DATA, true",
    "META, META, true",
    "SHARD, SHARD, true",
    "CLUSTER_DAG, CLUSTER_DAG, true",
    "META, DATA, false",
    "DATA, META, false",
    "SHARD, DATA, false",
    "BAD, BAD, false"
  })
  void refusesToChangeTheTypeOfAPin(PinType type, PinType old, boolean allowed) {
    Pin pin = typed(type);
    Pin existing = typed(old);
    if (allowed) {
      assertThat(rules.check(pin, Optional.of(existing), NOW).type()).isEqualTo(type);
    } else {
      assertThatThrownBy(() -> rules.check(pin, Optional.of(existing), NOW))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void refusesToTurnARecursivePinIntoADirectOne() {
    Pin recursive = pin(1, 1);
    Pin direct = depth(recursive, Pin.DIRECT);
    assertThatThrownBy(() -> rules.check(direct, Optional.of(recursive), NOW))
        .hasMessageContaining("already pinned in recursive mode");
    assertThat(rules.check(recursive, Optional.of(direct), NOW).maxDepth())
        .isEqualTo(Pin.RECURSIVE);
  }

  @Test
  void checksReferencesOfWhatIsPinnedAlready() {
    Pin data = pin(1, 1);
    assertThatThrownBy(() -> rules.check(referring(data), Optional.of(data), NOW))
        .hasMessage("data pins should not reference other pins");
    Pin meta = typed(PinType.META);
    Pin dangling =
        new Pin(
            CID, PinType.META, List.of(), -1, Optional.empty(), meta.options(), Optional.empty());
    assertThatThrownBy(() -> rules.check(dangling, Optional.of(meta), NOW))
        .hasMessage("metaPins should reference a ClusterDAG");
  }

  @Test
  void anUpdateKeepsAllButNameAndExpiry() {
    Pin old =
        pin(2, 2)
            .withOptions(
                PinOptions.NONE
                    .withReplication(2, 2)
                    .withName("old")
                    .withMetadata(Map.of("key", "value")))
            .withAllocations(List.of(PEER));
    Pin asked = Pin.of(OTHER, PinOptions.NONE.withName("new").withReplication(9, 9));
    Pin updated = PinRules.update(old, asked, NOW);
    assertThat(updated.cid()).isEqualTo(OTHER);
    assertThat(updated.options().name()).isEqualTo("new");
    assertThat(updated.options().pinUpdate()).contains(CID);
    assertThat(updated.options().replicationMax()).isEqualTo(2);
    assertThat(updated.options().metadata()).containsEntry("key", "value");
    assertThat(updated.allocations()).containsExactly(PEER);
    Pin unnamed = Pin.of(OTHER, PinOptions.NONE);
    assertThat(PinRules.update(old, unnamed, NOW).options().name()).isEqualTo("old");
  }

  @Test
  void onlyDataPinsCanBeUpdated() {
    assertThatThrownBy(() -> PinRules.update(typed(PinType.META), pin(1, 1), NOW))
        .hasMessage("this pin type cannot be updated");
  }

  private Pin check(Pin pin) {
    return rules.check(pin, Optional.empty(), NOW);
  }

  private static Pin pin(int min, int max) {
    return Pin.of(CID, PinOptions.NONE.withReplication(min, max));
  }

  private static Pin expiring(Instant when) {
    return Pin.of(
        CID,
        new PinOptions(
            1,
            1,
            "",
            false,
            0,
            0,
            0,
            List.of(),
            Optional.of(when),
            new TreeMap<>(),
            Optional.empty(),
            List.of()));
  }

  private static Pin typed(PinType type) {
    Optional<Cid> reference = type == PinType.DATA ? Optional.empty() : Optional.of(OTHER);
    PinOptions options = PinOptions.NONE.withReplication(-1, -1);
    return new Pin(CID, type, List.of(), Pin.RECURSIVE, reference, options, Optional.empty());
  }

  private static Pin depth(Pin pin, int depth) {
    return new Pin(
        pin.cid(),
        pin.type(),
        pin.allocations(),
        depth,
        pin.reference(),
        pin.options(),
        Optional.of(NOW.minus(Duration.ofDays(1))));
  }

  private static Pin referring(Pin pin) {
    return new Pin(
        pin.cid(),
        pin.type(),
        pin.allocations(),
        pin.maxDepth(),
        Optional.of(OTHER),
        pin.options(),
        pin.timestamp());
  }
}
