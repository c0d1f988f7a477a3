package io.ecluster.ipfs.kubo;

import static io.ecluster.ipfs.kubo.ScriptedKubo.chunked;
import static io.ecluster.ipfs.kubo.ScriptedKubo.document;
import static io.ecluster.ipfs.kubo.ScriptedKubo.ok;
import static io.ecluster.ipfs.kubo.ScriptedKubo.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipfs.IpfsException;
import io.ecluster.ipfs.IpfsNode.NodeId;
import io.ecluster.ipfs.IpfsNode.PinMode;
import io.ecluster.ipfs.IpfsNode.PinnedCid;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.ipfs.TestDag;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.CarReader;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each method asks, and what it makes of answers. */
@Timeout(60)
class KuboIpfsNodeTest {
  private static final Block HELLO = TestDag.raw("hello");
  private static final Block ROOT = TestDag.node(HELLO);
  private static final Cid ALIAS = ROOT.cid().rawAlias();
  private static final PeerId PEER =
      PeerId.parse("12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN");
  private static final String NOT_PINNED =
      status("500 Oh", "{\"Message\":\"path 'x' is not pinned\",\"Code\":0,\"Type\":\"error\"}");
  private static final String NOT_HERE =
      status(
          "500 Oh",
          "{\"Message\":\"block was not found locally (offline): ipld: could not find x\"}");

  /** Answers by the name of the call. */
  private static ScriptedKubo kubo(Function<String, String> answers) throws IOException {
    return ScriptedKubo.onTcp((asked, out) -> {
      out.write(answers.apply(asked.target()).getBytes(StandardCharsets.ISO_8859_1));
      return true;
    });
  }

  private static List<String> asked(String answer, Consumer<KuboIpfsNode> use) throws IOException {
    try (ScriptedKubo kubo = kubo(_ -> answer);
        KuboIpfsNode node = kubo.node()) {
      use.accept(node);
      return kubo.asked.stream().map(ScriptedKubo.Asked::target).toList();
    }
  }

  private static <T> T given(String answer, Function<KuboIpfsNode, T> use) throws IOException {
    try (ScriptedKubo kubo = kubo(_ -> answer);
        KuboIpfsNode node = kubo.node()) {
      return use.apply(node);
    }
  }

  @Test
  void tellsItsId() throws IOException {
    String address = "/ip4/10.0.0.1/tcp/4001/p2p/" + PEER;
    String answer = ok("{\"ID\":\"" + PEER + "\",\"Addresses\":[\"" + address + "\",\"/new/x\"]}");
    assertThat(given(answer, KuboIpfsNode::id))
        .isEqualTo(new NodeId(PEER, List.of(Multiaddr.parse(address))));
    assertThat(asked(answer, KuboIpfsNode::id)).containsExactly("id");
  }

  @Test
  void pinsWithProgress() throws IOException {
    String done =
        chunked("{\"Progress\":1}\n{\"Progress\":2}\n{\"Pins\":[\"x\"],\"Progress\":2}", "");
    assertThat(asked(done, node -> node.pin(ROOT.cid(), PinMode.RECURSIVE, List.of())))
        .containsExactly("pin/add?arg=" + ROOT.cid() + "&recursive=true&progress=true");
    assertThat(asked(done, node -> node.pin(ROOT.cid(), PinMode.DIRECT, List.of())))
        .containsExactly("pin/add?arg=" + ROOT.cid() + "&recursive=false&progress=true");
  }

  @Test
  void dialsOriginsFirstWhetherTheyAnswerOrNot() throws IOException {
    List<Multiaddr> origins = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      origins.add(Multiaddr.parse("/ip4/10.0.0." + i + "/tcp/4001/p2p/" + PEER));
    }
    Function<String, String> answers =
        target ->
            target.startsWith("swarm")
                ? status("500 Oh", "{\"Message\":\"no good addresses\"}")
                : chunked("{\"Pins\":[\"x\"]}", "");
    try (ScriptedKubo kubo = kubo(answers);
        KuboIpfsNode node = kubo.node()) {
      node.pin(ROOT.cid(), PinMode.RECURSIVE, origins);
      assertThat(kubo.asked).hasSize(11);
      assertThat(kubo.asked.getFirst().target())
          .startsWith("swarm/connect?arg=%2Fip4%2F10.0.0.1%2Ftcp");
      assertThat(kubo.asked.getLast().name()).isEqualTo("pin/add");
    }
  }

  @Test
  void aPinMustBeToldToBeDone() {
    pinFails(chunked("{\"Progress\":1}", ""), "without saying that it is pinned");
    pinFails(chunked("{\"Progress\":1}", "context canceled"), "with an error: context canceled");
    pinFails(chunked("{\"Pins\":[\"x\"]}", "disk full"), "with an error: disk full");
  }

  private static void pinFails(String answer, String why) {
    assertThatThrownBy(
            () -> asked(answer, node -> node.pin(ROOT.cid(), PinMode.RECURSIVE, List.of())))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining(why);
  }

  /** Kubo repeats the same number: it lives, but nothing comes. */
  @Test
  void aPinThatStallsIsGivenUp() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    ScriptedKubo.Script script =
        (_, out) -> {
          try {
            out.write(ScriptedKubo.chunkedHead().getBytes(StandardCharsets.UTF_8));
            for (int i = 0; true; i++) {
              String line = "{\"Progress\":" + Math.min(i, 40) + "}\n";
              out.write(ScriptedKubo.chunk(line).getBytes(StandardCharsets.UTF_8));
              gone.await(20, TimeUnit.MILLISECONDS);
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          } finally {
            gone.countDown();
          }
        };
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(script);
        KuboIpfsNode node = kubo.node(Duration.ofMillis(400))) {
      assertThatThrownBy(() -> node.pin(ROOT.cid(), PinMode.RECURSIVE, List.of()))
          .hasMessageContaining("nothing came in 0.4 s, after 40 of its nodes");
      assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void updatesAPin() throws IOException {
    assertThat(asked(ok("{\"Pins\":[\"a\",\"b\"]}"), node -> node.update(HELLO.cid(), ROOT.cid())))
        .containsExactly("pin/update?arg=" + HELLO.cid() + "&arg=" + ROOT.cid() + "&unpin=false");
  }

  @Test
  void unpins() throws IOException {
    List<String> once = List.of("pin/rm?arg=" + ROOT.cid());
    assertThat(asked(ok("{\"Pins\":[\"x\"]}"), node -> node.unpin(ROOT.cid()))).isEqualTo(once);
    assertThat(asked(NOT_PINNED, node -> node.unpin(ROOT.cid()))).isEqualTo(once);
    assertThatThrownBy(
            () -> asked(status("500 Oh", "{\"Message\":\"locked\"}"), n -> n.unpin(ROOT.cid())))
        .hasMessageContaining("locked");
  }

  @Test
  void doesNotUnpinWhereThatIsDisallowed() throws IOException {
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(document("{}"));
        KuboIpfsNode node =
            KuboIpfsNode.open(KuboSettings.at(kubo.address()).withUnpinDisabled())) {
      assertThatThrownBy(() -> node.unpin(ROOT.cid()))
          .isInstanceOf(IpfsException.class)
          .hasMessage("ipfs unpinning is disallowed by configuration on this peer");
      assertThat(kubo.asked).isEmpty();
    }
  }

  @Test
  void findsAPinByItsMode() throws IOException {
    String found = ok("{\"Keys\":{\"" + ROOT.cid() + "\":{\"Type\":\"x\"}}}");
    asked(found, node -> assertThat(node.pinned(ROOT.cid())).contains(PinMode.RECURSIVE));
    asked(NOT_PINNED, node -> assertThat(node.pinned(ROOT.cid())).isEmpty());
    assertThat(asked(NOT_PINNED, node -> node.pinned(ROOT.cid())))
        .containsExactly(
            "pin/ls?arg=" + ROOT.cid() + "&type=recursive",
            "pin/ls?arg=" + ROOT.cid() + "&type=direct");
    try (ScriptedKubo kubo = kubo(target -> target.contains("direct") ? found : NOT_PINNED);
        KuboIpfsNode node = kubo.node()) {
      assertThat(node.pinned(ROOT.cid())).contains(PinMode.DIRECT);
    }
  }

  @Test
  void listsPinsOfBothModes() throws IOException {
    Function<String, String> answers =
        target ->
            target.contains("direct")
                ? chunked("{\"Cid\":\"" + HELLO.cid() + "\",\"Type\":\"direct\"}", "")
                : chunked("{\"Cid\":\"" + ROOT.cid() + "\",\"Type\":\"recursive\"}\n\n{}", "");
    try (ScriptedKubo kubo = kubo(answers);
        KuboIpfsNode node = kubo.node()) {
      List<PinnedCid> pins = new ArrayList<>();
      node.pins(pins::add);
      assertThat(pins)
          .containsExactly(
              new PinnedCid(ROOT.cid(), PinMode.RECURSIVE),
              new PinnedCid(HELLO.cid(), PinMode.DIRECT));
      assertThat(kubo.asked.getFirst().target()).isEqualTo("pin/ls?type=recursive&stream=true");
    }
    String wrong = chunked("{\"Cid\":\"" + "Qm" + "\"}", "");
    assertThatThrownBy(() -> asked(wrong, node -> node.pins(_ -> {})))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("Kubo named a CID that is none");
    assertThatThrownBy(() -> asked(chunked("", "locked"), node -> node.pins(_ -> {})))
        .hasMessageContaining("locked");
  }

  @Test
  void tellsOfEachSoManyPinsThatWereTried() throws IOException {
    AtomicInteger told = new AtomicInteger();
    try (ScriptedKubo kubo = kubo(_ -> NOT_PINNED);
        KuboIpfsNode node = kubo.node()) {
      node.afterPins(3, told::incrementAndGet);
      List<Integer> counts = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        assertThatThrownBy(() -> node.pin(ROOT.cid(), PinMode.RECURSIVE, List.of()))
            .isInstanceOf(IpfsException.class);
        counts.add(told.get());
      }
      assertThat(counts).containsExactly(0, 0, 1, 1, 1, 2, 2);
      node.afterPins(0, told::incrementAndGet);
      assertThatThrownBy(() -> node.update(ROOT.cid(), HELLO.cid()))
          .isInstanceOf(IpfsException.class);
      assertThat(told).hasValue(2);
    }
  }

  @Test
  void putsBlocksOfAllHashesAsOneCarOfRawOnes() throws IOException {
    Cid longer = Cid.v1(Multicodec.RAW, HashFunction.SHA2_512.hash(HELLO.data()));
    Block other = new Block(longer, HELLO.data());
    Block large = TestDag.raw(new byte[100_000]);
    Block identity =
        new Block(
            Cid.v1(Multicodec.RAW, Multihash.of(Multihash.IDENTITY, new byte[1])), new byte[1]);
    try (ScriptedKubo kubo = ScriptedKubo.onTcp(document(stored(4)));
        KuboIpfsNode node = kubo.node()) {
      node.put(List.of(HELLO, other, identity, ROOT, large));
      assertThat(kubo.asked)
          .extracting(ScriptedKubo.Asked::target)
          .containsExactly("dag/import?pin-roots=false&stats=true&allow-big-block=true");
      String body = kubo.asked.getFirst().text();
      assertThat(body).startsWith("--blocks-").endsWith("--\r\n");
      int begin = body.indexOf("\r\n\r\n") + 4;
      byte[] car =
          body.substring(begin, body.lastIndexOf("\r\n--blocks-"))
              .getBytes(StandardCharsets.ISO_8859_1);
      assertThat(blocksOf(car))
          .extracting(block -> List.of(block.cid(), block.size()))
          .containsExactly(
              List.of(HELLO.cid(), HELLO.size()),
              List.of(longer, HELLO.size()),
              List.of(ROOT.cid().rawAlias(), ROOT.size()),
              List.of(large.cid(), large.size()));
      node.put(List.of());
      node.put(List.of(identity));
      assertThat(kubo.asked).hasSize(1);
    }
  }

  private static List<Block> blocksOf(byte[] car) throws IOException {
    CarReader reader = new CarReader(new ByteArrayInputStream(car));
    assertThat(reader.roots()).isEmpty();
    List<Block> blocks = new ArrayList<>();
    for (Optional<Block> next = reader.next(); next.isPresent(); next = reader.next()) {
      blocks.add(next.get());
    }
    return blocks;
  }

  private static String stored(int blocks) {
    return "{\"Stats\":{\"BlockCount\":" + blocks + ",\"BlockBytesCount\":1}}";
  }

  @Test
  void aPutFailsUnlessAllBlocksAreStored() {
    putFails(chunked(stored(1), ""), "stored 1 of 2 blocks");
    putFails(ok("{}"), "is it Kubo?");
    putFails(chunked(stored(2), "no space left on device"), "no space left on device");
    putFails(status("500 Oh", "{\"Message\":\"no space left\"}"), "no space left");
  }

  private static void putFails(String answer, String why) {
    assertThatThrownBy(() -> asked(answer, node -> node.put(List.of(HELLO, ROOT))))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining(why);
  }

  @Test
  void getsBlocksAsRawOnesAndChecksThem() throws IOException {
    String bytes = new String(ROOT.data(), StandardCharsets.ISO_8859_1);
    String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + ROOT.size() + "\r\n\r\n" + bytes;
    asked(answer, node -> assertThat(node.getLocal(ROOT.cid())).contains(ROOT.data()));
    asked(ok("other"), node -> assertThat(node.getLocal(ROOT.cid())).isEmpty());
    asked(NOT_HERE, node -> assertThat(node.getLocal(ROOT.cid())).isEmpty());
    assertThat(asked(answer, node -> node.getLocal(ROOT.cid())))
        .containsExactly("block/get?arg=" + ALIAS + "&offline=true");
    assertThat(asked(answer, node -> node.get(ROOT.cid(), Duration.ofMillis(1500))))
        .containsExactly("block/get?arg=" + ALIAS + "&timeout=1500ms");
    String late = status("500 Oh", "{\"Message\":\"context deadline exceeded\"}");
    asked(late, node -> assertThat(node.get(ROOT.cid(), Duration.ZERO)).isEmpty());
  }

  /** The text of some proxy between is not Kubo's word. */
  @ParameterizedTest
  @ValueSource(strings = {"404 Not Found", "502 Bad", "500 Oh"})
  void doesNotTakeOthersWordForABlockNotBeingThere(String code) {
    String answer = status(code, "upstream not found");
    assertThatThrownBy(() -> given(answer, node -> node.getLocal(ROOT.cid())))
        .isInstanceOf(IpfsException.class);
    assertThatThrownBy(() -> given(answer, node -> node.has(ROOT.cid())))
        .isInstanceOf(IpfsException.class);
  }

  @Test
  void knowsWhetherABlockIsThere() throws IOException {
    String stat = ok("{\"Key\":\"" + ALIAS + "\",\"Size\":5}");
    asked(stat, node -> assertThat(node.has(ROOT.cid())).isTrue());
    asked(NOT_HERE, node -> assertThat(node.has(ROOT.cid())).isFalse());
    assertThat(asked(stat, node -> node.has(ROOT.cid())))
        .containsExactly("block/stat?arg=" + ALIAS + "&offline=true");
  }

  @Test
  void tellsTheSizeOfItsRepository() throws IOException {
    String answer = ok("{\"RepoSize\":7,\"StorageMax\":18446744073709551615}");
    assertThat(given(answer, KuboIpfsNode::repoStat)).isEqualTo(new RepoStat(7, Long.MAX_VALUE));
    assertThat(asked(answer, KuboIpfsNode::repoStat)).containsExactly("repo/stat?size-only=true");
    for (String wrong : List.of("{}", "{\"RepoSize\":-1}", "{\"RepoSize\":\"much\"}")) {
      assertThatThrownBy(() -> given(ok(wrong), KuboIpfsNode::repoStat))
          .isInstanceOf(IpfsException.class)
          .hasMessage("Kubo's answer to repo/stat has no RepoSize");
    }
  }

  @Test
  void collectsGarbageAndTellsOfErrors() throws IOException {
    List<Cid> removed = new ArrayList<>();
    String key = "{\"Key\":{\"/\":\"" + HELLO.cid() + "\"}}";
    assertThat(asked(chunked(key, ""), node -> node.gc(removed::add)))
        .containsExactly("repo/gc?stream-errors=true");
    assertThat(removed).containsExactly(HELLO.cid());
    String errors = chunked("{\"Error\":\"bad sector\"}\n" + key, "");
    assertThatThrownBy(() -> asked(errors, node -> node.gc(_ -> {})))
        .isInstanceOf(IpfsException.class)
        .hasMessage("Kubo could not delete 1 blocks, the first: bad sector");
  }

  @Test
  void resolvesPaths() throws IOException {
    String answer = ok("{\"Path\":\"/ipfs/" + HELLO.cid() + "\"}");
    asked(answer, node -> assertThat(node.resolve("/ipfs/x/a b")).isEqualTo(HELLO.cid()));
    assertThat(asked(answer, node -> node.resolve("/ipfs/x/a b")))
        .containsExactly("resolve?arg=%2Fipfs%2Fx%2Fa+b");
    assertThatThrownBy(() -> given(ok("{\"Path\":\"/ipfs\"}"), node -> node.resolve("/ipfs/x")))
        .isInstanceOf(IpfsException.class);
    assertThatThrownBy(() -> given(ok("{\"Path\":\"/ipfs/x\"}"), node -> node.resolve("/ipfs/x")))
        .isInstanceOf(IpfsException.class);
  }

  @Test
  void tellsItsNeighboursAndChangesThem() throws IOException {
    String answer = ok("{\"Peers\":[{\"Addr\":\"x\",\"Peer\":\"" + PEER + "\"}]}");
    assertThat(given(answer, KuboIpfsNode::swarmPeers)).containsExactly(PEER);
    assertThat(given(ok("{\"Peers\":null}"), KuboIpfsNode::swarmPeers)).isEmpty();
    assertThatThrownBy(() -> given(ok("{\"Peers\":[{}]}"), KuboIpfsNode::swarmPeers))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("Kubo names a peer that is none");
    assertThat(asked(ok("{\"Strings\":[]}"), node -> node.swarmDisconnect(PEER)))
        .containsExactly("swarm/disconnect?arg=%2Fp2p%2F" + PEER);
    assertThat(asked(NOT_HERE, node -> node.swarmDisconnect(PEER))).hasSize(1);
  }
}
