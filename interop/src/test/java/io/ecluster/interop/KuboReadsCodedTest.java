package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.JsonObject;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.service.Coded;
import io.ecluster.service.CtlProcess;
import io.ecluster.service.PeerProcess;
import io.ecluster.service.PeerProcesses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kubo node that knows nothing of erasure coding reads coded files by their CIDs: connected to
 * one daemon only, and to all.
 */
@NeedsKubo
class KuboReadsCodedTest {
  private static final int MIB = 1 << 20;
  private static final int PEERS = 8;
  private static final Logger LOG = LoggerFactory.getLogger(KuboReadsCodedTest.class);

  /** So that what is measured is the machine, not the limit for strangers. */
  private static final Map<String, String> UNLIMITED =
      Map.of("CLUSTER_ERASURE_REBUILDBYTESPERSECONDFOROTHERS", "1000000000");

  @TempDir Path folder;
  private PeerProcesses peers;
  private KuboProcess one;
  private KuboProcess all;

  @BeforeEach
  void start() throws Exception {
    peers = new PeerProcesses(folder, UNLIMITED);
    peers.start(PEERS);
    one = KuboProcess.started(folder.resolve("kubo-one"), Optional.empty());
    all = KuboProcess.started(folder.resolve("kubo-all"), Optional.empty());
    peers.all().forEach(peer -> all.connect(ipfsAddress(peer)));
  }

  @AfterEach
  void close() {
    all.close();
    one.close();
    peers.close();
  }

  private static Multiaddr ipfsAddress(PeerProcess peer) {
    JsonObject id = JsonObject.of(peer.api().call("GET", "/id"));
    return id.object("ipfs").texts("addresses").stream()
        .map(Multiaddr::parse)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void catPinStatAndGetWhateverTwoHoldersAreDead() throws Exception {
    byte[] large = Coded.bytes(1, 64 * MIB);
    byte[] small = Coded.bytes(2, 8 * MIB);
    String largeRoot = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY, large));
    String smallRoot = Coded.root(PeerProcesses.add(peers.get(1), Coded.QUERY, small));
    Path tree = tree();
    String treeRoot = addTree(tree);

    Collection<String> holders = Coded.holders(peers.get(0), largeRoot).values();
    List<PeerProcess> dying = peers.all().stream().filter(isOneOf(holders)).limit(2).toList();
    PeerProcess door =
        peers.all().stream().filter(peer -> !dying.contains(peer)).toList().getLast();
    one.connect(ipfsAddress(door));

    assertCat("healthy, all", all, largeRoot, large);
    assertCat("healthy, one", one, largeRoot, large);

    for (PeerProcess peer : dying) {
      peer.kill();
    }
    forget(all);
    forget(one);
    assertCat("degraded, all", all, largeRoot, large);
    assertCat("degraded, one", one, largeRoot, large);
    forget(all);
    assertCat("degraded, all, again", all, largeRoot, large);

    for (KuboProcess kubo : List.of(one, all)) {
      kubo.run("pin", "add", "--progress=false", smallRoot);
      assertThat(kubo.run("dag", "stat", "--progress=false", smallRoot))
          .contains(String.valueOf(33 /* leaves and root */));
      assertThat(kubo.cli("cat", smallRoot).out()).isEqualTo(small);
      Path got = folder.resolve("got-" + kubo.repo().getFileName());
      kubo.run("get", "-o", got.toString(), treeRoot);
      assertSameTree(tree, got);
    }
  }

  @Test
  void withThreeHoldersDeadItFailsInTimeAndTheRestIsStillRead() throws Exception {
    byte[] lost = Coded.bytes(3, 8 * MIB);
    String lostRoot = Coded.root(PeerProcesses.add(peers.get(0), Coded.QUERY, lost));
    Map<Long, String> holders = Coded.holders(peers.get(0), lostRoot);
    for (long column : new long[] {0, 1, 4}) {
      Coded.holder(peers, holders, column).kill();
    }
    PeerProcess door = peers.all().stream().filter(PeerProcess::alive).toList().getLast();
    one.connect(ipfsAddress(door));
    for (KuboProcess kubo : List.of(one, all)) {
      long start = System.nanoTime();
      KuboProcess.Output output = kubo.cli("cat", "--timeout=20s", lostRoot);
      assertThat(output.exit()).isNotZero();
      assertThat(output.out().length).isLessThan(lost.length);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
    }
    byte[] next = Coded.bytes(4, MIB);
    String replicated = Coded.root(PeerProcesses.add(door, "", next));
    assertThat(one.cli("cat", "--timeout=60s", replicated).out()).isEqualTo(next);
  }

  private static Predicate<PeerProcess> isOneOf(Collection<String> ids) {
    return peer -> {
      try {
        return ids.contains(peer.id());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    };
  }

  /** Has it fetch everything anew. */
  private static void forget(KuboProcess kubo) {
    kubo.run("repo", "gc", "--quiet");
  }

  private void assertCat(String what, KuboProcess kubo, String root, byte[] content) {
    long start = System.nanoTime();
    KuboProcess.Output output = kubo.cli("cat", "--timeout=170s", root);
    double seconds = (System.nanoTime() - start) / 1e9;
    LOG.info(
        "{}: {} bytes in {} s, {} MB/s",
        what,
        output.out().length,
        String.format("%.2f", seconds),
        String.format("%.1f", output.out().length / seconds / 1e6));
    assertThat(output.out().length)
        .as("%s: %s%n%s", what, output.errors(), output.exit() == 0 ? "" : peers.logTails(30))
        .isEqualTo(content.length);
    assertThat(output.out()).isEqualTo(content);
  }

  private Path tree() throws IOException {
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Path inner = Files.createDirectory(tree.resolve("inner"));
    for (int i = 0; i < 20; i++) {
      Files.write(inner.resolve("file" + i), Coded.bytes(10 + i, 200_000));
    }
    Files.write(tree.resolve("empty"), new byte[0]);
    Files.write(tree.resolve("two blocks"), Coded.bytes(99, 300_000));
    return tree;
  }

  private String addTree(Path tree) throws Exception {
    CtlProcess.Result result =
        CtlProcess.run(peers.get(2), folder, "add", "-Q", "-r", "--erasure", tree.toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.out().strip();
  }

  private static void assertSameTree(Path expected, Path actual) throws IOException {
    assertThat(files(actual)).isEqualTo(files(expected));
    for (String name : files(expected)) {
      if (Files.isRegularFile(expected.resolve(name))) {
        assertThat(Files.mismatch(expected.resolve(name), actual.resolve(name)))
            .as(name)
            .isEqualTo(-1);
      }
    }
  }

  private static List<String> files(Path root) throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(root)) {
      paths.sorted().forEach(path -> names.add(root.relativize(path).toString()));
    }
    return names;
  }
}
