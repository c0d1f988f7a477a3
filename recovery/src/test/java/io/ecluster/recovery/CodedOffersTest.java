package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.tracker.TestTime;
import io.ecluster.erasure.CodedBlock;
import io.ecluster.erasure.GroupNode;
import io.ecluster.ipfs.bitswap.ObtainableBlocks.Offer;
import io.ecluster.libp2p.Eventually;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodedOffersTest {
  private static final PeerId STRANGER =
      PeerId.ofPublicKey("stranger".getBytes(StandardCharsets.UTF_8));
  private static final PeerId OWN = PeerId.ofPublicKey("own".getBytes(StandardCharsets.UTF_8));
  private static final int BLOCK = 16_384;

  @TempDir Path folder;
  private final TestTime time = new TestTime();
  private CodedCluster c;
  private IndexedPeer reader;
  private CodedOffers offers;
  private CodedFile file;

  @BeforeEach
  void start() {
    c = new CodedCluster(7);
    reader = new IndexedPeer(c, c.peer(6), folder);
    offers = new CodedOffers(reader.blocks, OWN::equals, 2 * BLOCK, time, time);
    file = c.add(500_000);
    reader.awaitIndexed(file.root());
  }

  @AfterEach
  void close() {
    reader.close();
    c.close();
  }

  private CodedBlock block(int column, int position) {
    GroupNode group = file.groups().getFirst();
    return group.stripes().getFirst().cell(column).get(position);
  }

  private Cid cid(int column) {
    return block(column, 0).rawCid();
  }

  /** Its process dies and its pings run out. */
  private void lose(int column) {
    c.kill(c.peer(column));
    c.cluster.monitor.dead(c.peer(column).id());
  }

  @Test
  void whatAHolderHasIsLeftToItForAWhileAndGivenThen() throws InterruptedException {
    assertThat(offers.offer(STRANGER, cid(0))).isEqualTo(Offer.LATER);
    assertThat(offers.obtain(STRANGER, cid(0)).filter(block(0, 0)::matches)).isPresent();
    assertThat(reader.rebuilt).isEmpty();
  }

  @Test
  void whatIsLostIsOfferedAtOnceAndRebuilt() throws InterruptedException {
    lose(0);
    assertThat(offers.offer(STRANGER, cid(0))).isEqualTo(Offer.NOW);
    assertThat(offers.offer(STRANGER, cid(1))).isEqualTo(Offer.LATER);
    assertThat(offers.obtain(STRANGER, cid(0)).filter(block(0, 0)::matches)).isPresent();
    assertThat(reader.rebuilt).containsExactly(0);
  }

  @Test
  void aHolderThatIsFoundNotToAnswerCountsAsGoneBeforeItsPingsRunOut() throws InterruptedException {
    c.kill(c.peer(0));
    assertThat(offers.offer(STRANGER, cid(0))).isEqualTo(Offer.LATER);
    assertThat(offers.obtain(STRANGER, cid(0))).isPresent();
    assertThat(offers.offer(STRANGER, block(0, 1).rawCid())).isEqualTo(Offer.NOW);
  }

  @Test
  void whatCannotBeRebuiltIsNotOffered() throws InterruptedException {
    List.of(0, 1, 5).forEach(this::lose);
    assertThat(offers.offer(STRANGER, cid(0))).isEqualTo(Offer.NOT_NOW);
    assertThat(offers.offer(STRANGER, cid(2))).isEqualTo(Offer.LATER);
    assertThat(offers.obtain(STRANGER, cid(0))).isEmpty();
  }

  @Test
  void theRootIsOfferedUnderItsCidAndItsAlias() {
    assertThat(offers.offer(STRANGER, file.root())).isEqualTo(Offer.LATER);
    assertThat(offers.offer(STRANGER, file.root().rawAlias())).isEqualTo(Offer.LATER);
  }

  @Test
  void unknownCidsAreNotOffered() throws InterruptedException {
    Cid unknown = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(new byte[] {1}));
    assertThat(offers.offer(STRANGER, unknown)).isEqualTo(Offer.NONE);
    assertThat(offers.obtain(STRANGER, unknown)).isEqualTo(Optional.empty());
  }

  @Test
  void strangersWaitWhenTheyHadTheirShareAndOwnNodesDoNot() throws InterruptedException {
    lose(0);
    AtomicInteger given = new AtomicInteger();
    List<CodedBlock> blocks =
        file.groups().getFirst().stripes().stream()
            .flatMap(stripe -> stripe.cell(0).stream())
            .limit(5)
            .toList();
    Thread stranger =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (CodedBlock block : blocks) {
                  given.addAndGet(offers.obtain(STRANGER, block.rawCid()).isPresent() ? 1 : 0);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    // two for what the second is worth; the third overdraws
    Eventually.until("it waits", () -> time.sleepers() == 1);
    assertThat(given).hasValue(3);
    for (CodedBlock block : blocks) {
      assertThat(offers.obtain(OWN, block.rawCid())).isPresent();
    }
    assertThat(given).hasValue(3);
    time.advance(Duration.ofMillis(500));
    Eventually.until("one more", () -> given.get() == 4 && time.sleepers() == 1);
    time.advance(Duration.ofMillis(500));
    stranger.join();
    assertThat(given).hasValue(5);
  }
}
