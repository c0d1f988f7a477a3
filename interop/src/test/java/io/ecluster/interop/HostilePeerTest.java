package io.ecluster.interop;

import static io.ecluster.libp2p.pubsub.Forgery.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.core.consensus.CrdtConfig;
import io.ecluster.core.consensus.GivenBlocks;
import io.ecluster.core.consensus.HostileDeltas;
import io.ecluster.core.monitor.Metric;
import io.ecluster.core.monitor.PubSubMonitor;
import io.ecluster.core.pin.Pin;
import io.ecluster.core.pin.PinOptions;
import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.MetricMessages;
import io.ecluster.ipfs.bitswap.Bitswap;
import io.ecluster.ipld.Block;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.StreamFuzz;
import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.libp2p.pubsub.Forgery;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import io.ecluster.multiformats.Varint;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A daemon in a process of its own, and a peer with the cluster's secret that does what it should
 * not: one that the daemon does not trust, and one that it trusts but that has gone wrong. What
 * they send is dropped and counted where an operator sees it; the daemon goes on, and its pinset
 * holds nothing of it.
 */
class HostilePeerTest {
  /** Of the daemon's process; its heap is limited to 160 MiB by the tests' options. */
  private static final long MAX_MEMORY_BYTES = 480L << 20;

  private static final Identity STRANGER = FakeNetwork.identity(81);
  private static final Identity TRUSTED = FakeNetwork.identity(82);
  private static final String PINS = CrdtConfig.defaults("ipfs-cluster").topic();
  private static final String METRICS = PubSubMonitor.TOPIC;
  private static final Cid CID =
      Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
  private static final int FRAMES = 150;

  private static Path folder;
  private static PeerProcesses processes;
  private static PeerProcess daemon;
  private static Scrape metrics;

  @BeforeAll
  static void start() throws Exception {
    folder = Files.createTempDirectory("hostile");
    processes = new PeerProcesses(folder);
    int port = processes.freePort();
    metrics = new Scrape(port);
    processes.start(
        1,
        Map.of(
            0,
            Map.of(
                "CLUSTER_CRDT_TRUSTEDPEERS",
                TRUSTED.id().toString(),
                "CLUSTER_CRDT_REBROADCASTINTERVAL",
                "1s",
                "CLUSTER_METRICS_ENABLESTATS",
                "true",
                "CLUSTER_METRICS_PROMETHEUSENDPOINT",
                "/ip4/127.0.0.1/tcp/" + port)));
    daemon = processes.get(0);
  }

  @AfterAll
  static void stop() throws IOException {
    processes.close();
    Folders.delete(folder);
  }

  @AfterEach
  void isUnharmed() throws IOException {
    assertThat(daemon.alive()).isTrue();
    String text = "after all that, at " + System.nanoTime();
    byte[] file = text.getBytes(StandardCharsets.UTF_8);
    String root =
        PeerProcesses.add(daemon, "replication-min=-1&replication-max=-1&name=good", file)
            .getLast()
            .text("cid");
    PeerProcesses.await("it pins", () -> statuses(root).contains("pinned"));
    assertThat(PeerProcesses.read(daemon, root)).isEqualTo(file);
    assertThat(names()).containsOnly("good");
    daemon.api().call("GET", "/id");
    daemon.api().call("GET", "/monitor/metrics/ping");
    daemon.api().call("GET", "/monitor/metrics/freespace");
    assertThat(daemon.peakMemoryBytes()).isLessThan(MAX_MEMORY_BYTES);
    assertThat(daemon.log())
        .doesNotContain("OutOfMemoryError", "StackOverflowError", "ERROR", "a stream of ");
  }

  private static Set<String> statuses(String cid) {
    JsonObject peers = JsonObject.of(daemon.api().call("GET", "/pins/" + cid)).object("peer_map");
    Set<String> statuses = new TreeSet<>();
    peers.keys().forEach(id -> statuses.add(peers.object(id).text("status")));
    return statuses;
  }

  private static List<String> names() {
    return PeerProcesses.pinNames(daemon, "");
  }

  private static void awaitMore(Map<String, Double> before, String what, int more) {
    PeerProcesses.await(
        what + " is counted " + more + " times more than in " + before,
        () -> metrics.refused().getOrDefault(what, 0.0) >= before.getOrDefault(what, 0.0) + more);
  }

  /** Somebody who speaks pubsub as he likes, and gives away what blocks he likes. */
  private static final class Voice implements AutoCloseable {
    final Outsider outsider;
    final PeerId listener;
    private final Map<Cid, byte[]> blocks = new ConcurrentHashMap<>();
    private final Bitswap bitswap;
    private final Stream stream;

    Voice(Identity identity) throws IOException {
      outsider = new Outsider(identity, daemon.secret());
      outsider.host().handle("/meshsub/1.1.0", in -> in.input().readAllBytes());
      bitswap = new Bitswap(outsider.host(), new GivenBlocks(blocks));
      listener = outsider.connect(daemon.clusterAddress());
      stream = outsider.host().open(listener, List.of("/meshsub/1.1.0"), Outsider.PATIENCE);
      say(Forgery.hello(PINS, METRICS));
    }

    void say(byte[] frame) throws IOException {
      stream.output().write(frame);
      stream.output().flush();
    }

    void give(Block block) {
      blocks.put(block.cid(), block.data());
      bitswap.stored(List.of(block.cid()));
    }

    @Override
    public void close() {
      bitswap.close();
      outsider.close();
    }
  }

  @Test
  void aStrangersPinsAreNotHeardInWhosesoeverName() throws IOException {
    Map<String, Double> before = metrics.refused();
    Block block =
        HostileDeltas.pinning(
            Pin.of(CID, PinOptions.NONE.withName("evil").withReplication(-1, -1)));
    byte[] heads = HostileDeltas.heads(block);
    try (Voice stranger = new Voice(STRANGER)) {
      stranger.give(block);
      stranger.say(signed(STRANGER, PINS, heads));
      stranger.say(Forgery.signedByAnother(TRUSTED.id(), STRANGER, PINS, heads));
      stranger.say(Forgery.unsigned(TRUSTED.id(), STRANGER, PINS, heads));
      awaitMore(before, "crdt untrusted", 1);
      awaitMore(before, "pubsub forged", 2);
    }
  }

  @Test
  void metricsThatSpeakForOthersOrCannotBeAreDropped() throws IOException {
    Map<String, Double> before = metrics.refused();
    PeerId own = PeerId.parse(daemon.id());
    Instant soon = Instant.now().plus(Duration.ofSeconds(4));
    try (Voice stranger = new Voice(STRANGER)) {
      stranger.say(metric(Metric.PING, own, "{}", soon, 0));
      stranger.say(metric(Metric.FREESPACE, TRUSTED.id(), "1", soon, 1));
      awaitMore(before, "metrics forged", 2);
      Instant never = Instant.now().plus(Duration.ofDays(4000));
      stranger.say(metric(Metric.PING, STRANGER.id(), "{}", never, 0));
      stranger.say(metric("n".repeat(300), STRANGER.id(), "", soon, 0));
      stranger.say(signed(STRANGER, METRICS, new byte[] {(byte) 0xc1, 1, 2}));
      awaitMore(before, "metrics malformed", 3);
      stranger.say(metric(Metric.PING, STRANGER.id(), "v".repeat(9000), soon, 0));
      awaitMore(before, "metrics oversized", 1);
      stranger.say(metric(Metric.PING, STRANGER.id(), "\0{no JSON", soon, Long.MIN_VALUE));
      stranger.say(metric(Metric.FREESPACE, STRANGER.id(), "-1e99", soon, Long.MAX_VALUE));
      PeerProcesses.await(
          "it is listed, as Go lists strangers, too",
          () -> PeerProcesses.list(daemon, "/monitor/metrics/ping").size() == 2);
      PeerProcesses.await("and asked", HostilePeerTest::listsTheStranger);
    }
  }

  private static boolean listsTheStranger() {
    Set<String> ids = new TreeSet<>();
    daemon.api().stream("GET", "/peers", peer -> ids.add(peer.text("id")));
    return ids.contains(STRANGER.id().toString());
  }

  private static byte[] metric(String name, PeerId of, String value, Instant expire, long weight) {
    Metric metric = new Metric(name, of, value, expire, true, weight, false, Instant.EPOCH);
    return signed(STRANGER, METRICS, new MetricMessages().encode(metric));
  }

  @Test
  void aTrustedPeerThatHasGoneWrongIsSurvived() throws Exception {
    Map<String, Double> before = metrics.refused();
    try (Voice trusted = new Voice(TRUSTED)) {
      announce(trusted, HostileDeltas.garbage("no block"));
      awaitMore(before, "crdt malformed", 1);
      announce(trusted, HostileDeltas.nonsense(CID));
      awaitMore(before, "crdt malformed", 8);
      Block large = HostileDeltas.large(CID, 3 << 20);
      trusted.say(signed(TRUSTED, PINS, HostileDeltas.heads(large)));
      send(trusted.outsider, daemon.clusterAddress(), "/ipfs/bitswap/1.2.0", bitswapMessage(large));
      awaitMore(before, "bitswap malformed", 1);
      announce(trusted, HostileDeltas.highest());
      announce(trusted, HostileDeltas.onTopOfNothing(20_000));
      trusted.say(signed(TRUSTED, PINS, new byte[] {1, 2, 3}));
      awaitMore(before, "crdt malformed", 9);
      trusted.say(signed(TRUSTED, PINS, HostileDeltas.heads(HostileDeltas.garbage("not given"))));
      PeerProcesses.await("its blocks are looked for", () -> metrics.value("crdt_heads") >= 3);
      isUnharmed();
    }
    daemon.kill();
    daemon.start();
    PeerProcesses.await("it is back", () -> daemon.api().call("GET", "/id") != null);
  }

  /** A message with one block, written by hand since ours writes none that is so large. */
  private static byte[] bitswapMessage(Block block) {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    payload.writeBytes(new byte[] {0x0a, 4, 0x01, 0x70, 0x12, 0x20, 0x12});
    Varint.write(payload, block.size());
    payload.writeBytes(block.data());
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    message.write(0x1a);
    Varint.write(message, payload.size());
    message.writeBytes(payload.toByteArray());
    return StreamFuzz.delimited(List.of(message.toByteArray())).getFirst();
  }

  private static void announce(Voice trusted, Block block) throws IOException {
    trusted.give(block);
    trusted.say(signed(TRUSTED, PINS, HostileDeltas.heads(block)));
  }

  @ParameterizedTest
  @CsvSource({
    "/meshsub/1.1.0,gossipsub,pubsub malformed",
    "/ipfs/bitswap/1.2.0,bitswap,bitswap malformed",
    "/ipfs/lan/kad/1.0.0,kad,dht malformed",
    "/ipfs/id/push/1.0.0,identify,identify malformed",
    "/ipfs/ping/1.0.0,yamux,",
    Gorpc.PROTOCOL + ",gorpc_streams,rpc malformed"
  })
  void malformedFramesAreSurvived(String protocol, String vectors, String counted)
      throws IOException {
    try (Outsider stranger = new Outsider(STRANGER, daemon.secret())) {
      sendMalformed(stranger, daemon.clusterAddress(), protocol, vectors, counted);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/ipfs/bitswap/1.2.0,bitswap,ipfs_bitswap malformed",
    "/ipfs/id/push/1.0.0,identify,ipfs_identify malformed",
    "/ipfs/ping/1.0.0,yamux,"
  })
  void malformedFramesFromTheIpfsNetworkAreSurvived(String protocol, String vectors, String counted)
      throws IOException {
    String address = daemon.ipfsAddress() + "/p2p/" + ipfsId();
    try (Outsider anybody = new Outsider(STRANGER)) {
      sendMalformed(anybody, address, protocol, vectors, counted);
    }
  }

  private static String ipfsId() {
    return JsonObject.of(daemon.api().call("GET", "/id")).object("ipfs").text("id");
  }

  private static void sendMalformed(
      Outsider stranger, String address, String protocol, String vectors, @Nullable String counted)
      throws IOException {
    Map<String, Double> before = metrics.refused();
    FrameMutator frames = FrameMutator.of(StreamFuzz.delimited(Vectors.load(vectors).everyFrame()));
    frames.run(FRAMES, frame -> send(stranger, address, protocol, frame));
    if (counted != null) {
      awaitMore(before, counted, 1);
    }
  }

  private static boolean send(Outsider stranger, String address, String protocol, byte[] frame) {
    try {
      PeerId peer = stranger.connect(address);
      try (Stream stream = stranger.host().open(peer, List.of(protocol), Outsider.PATIENCE)) {
        stream.setReadTimeout(Outsider.PATIENCE);
        stream.output().write(frame);
        stream.closeWrite();
        stream.input().readAllBytes();
      }
      return false;
    } catch (IOException e) {
      assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
      return true;
    }
  }
}
