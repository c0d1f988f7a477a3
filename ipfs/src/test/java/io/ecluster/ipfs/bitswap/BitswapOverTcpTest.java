package io.ecluster.ipfs.bitswap;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bitswap over encrypted connections on this machine. */
class BitswapOverTcpTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final Logger log = LoggerFactory.getLogger(BitswapOverTcpTest.class);

  private final List<Libp2pHost> hosts = new ArrayList<>();
  private final List<MemoryBlocks> stores = new ArrayList<>();
  private final List<Bitswap> bitswaps = new ArrayList<>();

  @AfterEach
  void close() {
    bitswaps.forEach(Bitswap::close);
    hosts.forEach(Libp2pHost::close);
  }

  private void start(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      Libp2pHost host =
          Libp2pHost.create(
              HostConfig.of(FakeNetwork.identity(i + 1))
                  .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
      hosts.add(host);
      stores.add(new MemoryBlocks());
      bitswaps.add(new Bitswap(host, stores.get(i)));
      host.start();
      for (Libp2pHost other : hosts.subList(0, i)) {
        host.connect(other.id(), other.addresses(), TIMEOUT);
      }
    }
  }

  @Test
  void manyBlocksComeFast() throws IOException {
    start(2);
    List<Block> blocks = MemoryBlocks.random(6, 256, 256 * 1024);
    stores.get(1).put(blocks);
    long start = System.nanoTime();
    AtomicInteger count = new AtomicInteger();
    Collection<Cid> missing =
        bitswaps
            .get(0)
            .fetch(MemoryBlocks.cids(blocks), TIMEOUT, (_, _) -> count.incrementAndGet());
    log.info("{} MiB/s over TCP", 64 * 1_000_000_000L / (System.nanoTime() - start));
    assertThat(missing).isEmpty();
    assertThat(count).hasValue(256);
  }

  @Test
  void aPeerThatIsClosedMidwayIsReplaced() throws IOException {
    start(3);
    List<Block> blocks = MemoryBlocks.random(7, 200, 50_000);
    stores.get(1).put(blocks);
    stores.get(2).put(blocks);
    AtomicInteger count = new AtomicInteger();
    Collection<Cid> missing =
        bitswaps
            .get(0)
            .fetch(
                MemoryBlocks.cids(blocks),
                TIMEOUT,
                (_, _) -> {
                  if (count.incrementAndGet() == 30) {
                    hosts.get(1).close();
                  }
                });
    assertThat(missing).isEmpty();
    assertThat(count).hasValue(200);
  }
}
