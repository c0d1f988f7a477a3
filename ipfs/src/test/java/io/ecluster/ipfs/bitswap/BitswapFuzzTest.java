package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.StreamFuzz;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of Go's bitswap, changed, to a peer that gives and wants blocks. */
@Timeout(120)
class BitswapFuzzTest {
  private static final int STREAMS = 3_000;
  private static final List<byte[]> RECORDED =
      Vectors.load("bitswap").all().stream().map(Vectors.Vector::bytes).toList();

  private final FakeNetwork network = new FakeNetwork();
  private final BitswapNode node = new BitswapNode(network, 1);
  private final BitswapNode friend = new BitswapNode(network, 2);
  private final MemoryHost attacker = network.host(3);
  private final List<Block> blocks = MemoryBlocks.random(1, 3, 2_000);

  @AfterEach
  void close() {
    node.close();
    friend.close();
    network.close();
  }

  /** What the recorded messages carry, and what they ask for. */
  private static Set<Cid> recordedCids() {
    Set<Cid> cids = new HashSet<>();
    for (byte[] message : RECORDED) {
      MessageReader.parse(message).wants().forEach(want -> cids.add(want.cid()));
    }
    return cids;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ipfs/bitswap/1.2.0", "/ipfs/bitswap/1.0.0"})
  void itGoesOnGivingAndFetching(String protocol) throws Exception {
    node.blocks.put(blocks);
    attacker.handle(protocol, stream -> stream.input().readAllBytes());
    network.connectAll();
    FrameMutator frames = FrameMutator.of(StreamFuzz.delimited(RECORDED));
    Set<Cid> wrong = ConcurrentHashMap.newKeySet();
    CompletableFuture<?> fetching = CompletableFuture.runAsync(() -> fetchRecorded(wrong));

    new StreamFuzz(network, attacker, node.host.id()).run(protocol, frames, STREAMS);

    fetching.join();
    assertThat(wrong).as(frames::describe).isEmpty();
    assertServesItsFriend();
  }

  /** Wants while the attacker sends, so that its blocks are looked at. */
  private void fetchRecorded(Set<Cid> wrong) {
    var _ =
        node.bitswap.fetch(
            recordedCids(),
            Duration.ofSeconds(2),
            (cid, data) -> {
              if (!cid.hash().matches(data)) {
                wrong.add(cid);
              }
            });
  }

  private void assertServesItsFriend() throws IOException {
    network.connectAll();
    Block block = blocks.getFirst();
    assertThat(friend.fetch(block.cid())).contains(block.data());
    Block other = MemoryBlocks.random(2, 1, 100).getFirst();
    friend.store(List.of(other));
    assertThat(node.fetch(other.cid())).contains(other.data());
  }
}
