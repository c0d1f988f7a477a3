package io.ecluster.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.erasure.CodedBlock;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.ipfs.bitswap.BitswapSettings;
import io.ecluster.ipfs.bitswap.NodeBlocks;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.pnet.PreSharedKey;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.recovery.CodedCluster.CodedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stranger with a connection to one peer fetches a coded file by bitswap, over sockets. */
class CodedOffersOverTcpTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyBlockComesThroughOnePeerWithTwoHoldersDead(boolean privateNetwork) throws IOException {
    try (CodedCluster c = new CodedCluster(7);
        IndexedPeer peer = new IndexedPeer(c, c.peer(6), folder);
        Libp2pHost ours = host(1, privateNetwork);
        Libp2pHost strangers = host(2, privateNetwork)) {
      CodedFile file = c.add(1_500_000);
      peer.awaitIndexed(file.root());
      c.kill(c.peer(1));
      c.kill(c.peer(2));
      CodedOffers offers =
          new CodedOffers(peer.blocks, _ -> false, 1L << 30, InstantSource.system(), Thread::sleep);
      try (Bitswap _ =
              new Bitswap(
                  ours, new NodeBlocks(c.peer(6).ipfs), offers, BitswapSettings.standard());
          Bitswap stranger = new Bitswap(strangers, new NodeBlocks(c.peer(5).store))) {
        ours.start();
        strangers.start();
        strangers.connect(ours.id(), ours.addresses(), TIMEOUT);
        Set<Cid> wanted = new HashSet<>();
        file.groups()
            .forEach(
                group -> CodedIndex.blocksOf(group).map(CodedBlock::rawCid).forEach(wanted::add));
        Map<Cid, byte[]> got = new ConcurrentHashMap<>();
        assertThat(stranger.fetch(wanted, TIMEOUT, got::put)).isEmpty();
        assertThat(got).containsOnlyKeys(wanted);
        assertThat(peer.rebuilt).isNotEmpty();
      }
    }
  }

  private static Libp2pHost host(int seed, boolean privateNetwork) throws IOException {
    HostConfig config =
        HostConfig.of(FakeNetwork.identity(seed))
            .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
    return Libp2pHost.create(
        privateNetwork ? config.withSecret(new PreSharedKey(new byte[32])) : config);
  }
}
