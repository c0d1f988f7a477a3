package io.ecluster.core.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.ipfs.FakeIpfsNetwork;
import io.ecluster.ipfs.FakeIpfsNode;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pin that names the pin it comes after. */
class PinUpdateTest {
  private static final PeerId SELF = PeerId.ofPublicKey(new byte[] {1});
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Block OLDER = TestDag.raw("older");
  private static final Block NEWER = TestDag.raw("newer");
  private static final Cid OLD = OLDER.cid();
  private static final Cid NEW = NEWER.cid();

  private final FakeIpfsNode store = new FakeIpfsNetwork().node(1);
  private final GatedIpfsNode node = new GatedIpfsNode(store);
  private final MapPinState state = new MapPinState();
  private final Identity identity =
      new Identity(SELF, "me", Optional.of(store.id().id()), store.id().addresses());
  private final StatelessTracker tracker =
      new StatelessTracker(
          node, () -> state, () -> identity, TrackerSettings.DEFAULTS, new TestTime());

  PinUpdateTest() {
    store.put(List.of(OLDER, NEWER));
    tracker.start();
  }

  @AfterEach
  void stop() {
    tracker.close();
  }

  @Test
  void updatesThePinWhichItComesAfter() throws InterruptedException {
    store.pin(OLD, PinMode.RECURSIVE, List.of());
    announceAndAwait(Pin.RECURSIVE);
    assertThat(node.log()).containsExactly("update " + OLD + " " + NEW);
    assertThat(store.pinned()).containsKeys(OLD, NEW);
  }

  @Test
  void pinsAnewWhenTheOldOneIsNotThere() throws InterruptedException {
    announceAndAwait(Pin.RECURSIVE);
    assertThat(node.log()).containsExactly("pin " + NEW);
  }

  @Test
  void pinsAnewWhenTheOldOneIsDirect() throws InterruptedException {
    store.pin(OLD, PinMode.DIRECT, List.of());
    announceAndAwait(Pin.RECURSIVE);
    assertThat(node.log()).containsExactly("pin " + NEW);
  }

  @Test
  void pinsDirectlyWhateverItComesAfter() throws InterruptedException {
    store.pin(OLD, PinMode.RECURSIVE, List.of());
    announceAndAwait(Pin.DIRECT);
    assertThat(node.log()).containsExactly("pin " + NEW);
  }

  private void announceAndAwait(int maxDepth) throws InterruptedException {
    Pin any = Pin.of(NEW, after(OLD)).withAllocations(List.of(SELF));
    Pin pin =
        new Pin(
            NEW,
            any.type(),
            any.allocations(),
            maxDepth,
            Optional.empty(),
            any.options(),
            any.timestamp());
    state.put(pin);
    tracker.pinned(pin);
    assertThat(tracker.awaitPinned(NEW, LONG)).isTrue();
  }

  private static PinOptions after(Cid older) {
    PinOptions none = PinOptions.NONE;
    return new PinOptions(
        1,
        1,
        none.name(),
        none.direct(),
        none.shardSize(),
        none.dataShards(),
        none.parityShards(),
        none.userAllocations(),
        none.expireAt(),
        none.metadata(),
        Optional.of(older),
        none.origins());
  }
}
