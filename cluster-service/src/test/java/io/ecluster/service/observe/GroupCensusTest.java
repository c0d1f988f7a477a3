package io.ecluster.service.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.pin.CodedPinFactory;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class GroupCensusTest {
  private static final List<PeerId> PEERS =
      IntStream.range(0, 12)
          .mapToObj(i -> new PeerId(HashFunction.SHA2_256.hash(bytes(i))))
          .toList();

  private final List<Pin> pins = new ArrayList<>();
  private int cids;

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  /** Pins a group; column i is at peer i. */
  private void group(
      String name, String coding, int group, int data, int parity, Set<Integer> empty) {
    CodedPinFactory factory =
        new CodedPinFactory(
            coding, 1, data, parity, PinOptions.NONE.withName(name), InstantSource.system());
    for (int column = 0; column < data + parity; column++) {
      if (!empty.contains(column)) {
        Cid cid = Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(bytes(cids++)));
        pins.add(factory.shard(cid, group, column, PEERS.get(column)));
      }
    }
  }

  private Map<Integer, Long> margins(Set<PeerId> live) {
    GroupCensus census = new GroupCensus(live);
    pins.forEach(census::first);
    if (census.needsSecond()) {
      pins.forEach(census::second);
    }
    return census.byMargin();
  }

  @Test
  void countsWholeAndDamagedGroups() {
    group("a", "01", 0, 4, 2, Set.of());
    group("a", "01", 1, 4, 2, Set.of(1, 2, 3)); // a short last group
    group("b", "02", 0, 2, 1, Set.of());
    assertThat(margins(Set.copyOf(PEERS))).isEqualTo(Map.of(2, 2L, 1, 1L));
    Set<PeerId> without4And5 = new HashSet<>(PEERS);
    without4And5.removeAll(List.of(PEERS.get(4), PEERS.get(5)));
    assertThat(margins(without4And5)).isEqualTo(Map.of(0, 2L, 1, 1L));
    assertThat(margins(Set.of(PEERS.get(0)))).isEqualTo(Map.of(-3, 1L, 0, 1L, -1, 1L));
  }

  @Test
  void passesOverShardsThatAreNotCoded() {
    Cid cid = Cid.v1(Multicodec.DAG_CBOR, HashFunction.SHA2_256.hash(bytes(7)));
    pins.add(Pin.of(cid, PinOptions.NONE.withName("x-parity-shard-0-0")));
    assertThat(margins(Set.of())).isEmpty();
  }

  /** Against a count that remembers every group. */
  @RepeatedTest(20)
  void countsAsACarefulCounterDoes() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Set<PeerId> live = new HashSet<>();
    PEERS.stream().filter(_ -> random.nextInt(4) > 0).forEach(live::add);
    Map<Integer, Long> expected = new TreeMap<>();
    for (int coding = 0; coding < 20; coding++) {
      int data = 1 + random.nextInt(6);
      int parity = 1 + random.nextInt(5);
      int groups = 1 + random.nextInt(5);
      for (int group = 0; group < groups; group++) {
        group("n-shard-1-2", "c" + coding, group, data, parity, Set.of());
        long lost =
            IntStream.range(0, data + parity).filter(i -> !live.contains(PEERS.get(i))).count();
        expected.merge((int) (parity - lost), 1L, Long::sum);
      }
    }
    Collections.shuffle(pins, random);
    assertThat(margins(live)).as("seed %d", seed).isEqualTo(expected);
  }
}
