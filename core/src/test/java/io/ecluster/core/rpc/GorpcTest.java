package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.rpc.RpcException.Kind;
import io.ecluster.core.rpc.RpcMethod.Access;
import io.ecluster.libp2p.Refusals;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multicodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class GorpcTest {
  private static final RpcMethod<String, String> ECHO =
      new RpcMethod<>("Test", "Echo", Codecs.STRING, Codecs.STRING, false, Access.OPEN);
  private static final RpcMethod<Integer, Integer> DOUBLE =
      new RpcMethod<>("Test", "Double", Codecs.INT, Codecs.INT, true, Access.OPEN);
  private RpcPeers peers;

  @BeforeEach
  void startPeers() throws IOException {
    peers = new RpcPeers();
  }

  @AfterEach
  void stopPeers() {
    peers.close();
  }

  private String echo(String text) {
    return peers.client.call(peers.serverId(), ECHO, text, RpcPeers.SOON);
  }

  private Rpc.Call<Integer, Integer> openDouble() {
    return peers.client.open(peers.serverId(), DOUBLE, RpcPeers.SOON);
  }

  private void serveDouble(Gorpc rpc) {
    rpc.serveStream(
        DOUBLE,
        (caller, arguments, replies) ->
            arguments.forEachRemaining(value -> replies.accept(2 * value)));
  }

  @Test
  void tellsTheHandlerWhoCalls() {
    peers.server.serve(ECHO, (caller, text) -> text + " from " + caller);
    assertThat(echo("hello")).isEqualTo("hello from " + peers.clientHost.id());
  }

  @Test
  void aCallToOneselfNeedsNeitherNetworkNorPermission() {
    peers.server.serve(RpcMethods.TRACKER_PIN_QUEUE_SIZE, (caller, none) -> 7L);
    peers.network.close();
    assertThat(
            peers.server.call(
                peers.serverId(),
                RpcMethods.TRACKER_PIN_QUEUE_SIZE,
                Nothing.NOTHING,
                RpcPeers.SOON))
        .isEqualTo(7);
  }

  @Test
  void manyCallsGoOnAtOnce() throws Exception {
    CountDownLatch all = new CountDownLatch(100);
    peers.server.serve(
        ECHO,
        (caller, text) -> {
          all.countDown();
          all.await();
          return text;
        });
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      String text = "call " + i;
      Thread.startVirtualThread(() -> answer.complete(echo(text)));
      answers.add(answer);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(answers.get(i).get(10, TimeUnit.SECONDS)).isEqualTo("call " + i);
    }
  }

  @Test
  void aCallBackInsideACallIsAnswered() {
    peers.client.serve(ECHO, (caller, text) -> text + " back");
    peers.server.serve(
        ECHO, (caller, text) -> peers.server.call(caller, ECHO, text + " there", RpcPeers.SOON));
    assertThat(echo("go")).isEqualTo("go there back");
  }

  @Test
  void anUnservedMethodSaysSo() {
    assertThatThrownBy(() ->
            peers.client.call(
                peers.serverId(), RpcMethods.CLUSTER_VERSION, Nothing.NOTHING, RpcPeers.SOON))
        .hasMessage("Cluster.Version is not served by this peer");
  }

  @Test
  void aPeerThatIsNotThereIsAClientError() {
    peers.network.partition(peers.serverHost, peers.clientHost);
    assertThatThrownBy(() -> echo("hello"))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLIENT))
        .hasMessageContaining("Test.Echo on " + peers.serverId());
  }

  @Test
  void aSilentPeerIsGivenUpInTime() {
    CountDownLatch never = new CountDownLatch(1);
    peers.server.serve(
        ECHO,
        (caller, text) -> {
          never.await();
          return text;
        });
    long start = System.nanoTime();
    assertThatThrownBy(() -> peers.client.call(peers.serverId(), ECHO, "x", Duration.ofMillis(100)))
        .isInstanceOfSatisfying(
            RpcException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLIENT));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aClientThatLeavesCancelsTheMethod() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    CountDownLatch started = new CountDownLatch(1);
    serveWaiting(started, seen);
    Stream stream = peers.raw();
    writeEcho(stream);
    started.await();
    stream.reset();
    assertThat(seen.get(5, TimeUnit.SECONDS)).isEqualTo("interrupted");
  }

  @Test
  void aHalfCloseCancelsTooAndIsToldSo() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    CountDownLatch started = new CountDownLatch(1);
    serveWaiting(started, seen);
    Stream stream = peers.raw();
    writeEcho(stream);
    started.await();
    stream.closeWrite();
    MsgReader answer = new MsgReader(stream.input(), 1000);
    Response response = Response.CODEC.read(answer);
    assertThat(response.error()).isEqualTo("context canceled");
    assertThat(response.kind()).isEqualTo(Kind.METHOD);
    assertThat(answer.string()).isEmpty();
  }

  private void serveWaiting(CountDownLatch started, CompletableFuture<String> seen) {
    peers.server.serve(
        ECHO,
        (caller, text) -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            seen.complete("interrupted");
            throw e;
          }
          return text;
        });
  }

  private static void writeEcho(Stream stream) throws IOException {
    MsgWriter writer = new MsgWriter(stream.output());
    ServiceId.CODEC.write(writer, ServiceId.of(ECHO));
    writer.string("x");
  }

  @Test
  void streamsBothWaysStepByStep() {
    serveDouble(peers.server);
    try (var call = openDouble()) {
      for (int i = 0; i < 50; i++) {
        call.send(i);
        assertThat(call.next()).isEqualTo(2 * i);
      }
      call.closeSend();
      assertThat(call.next()).isNull();
    }
  }

  @Test
  void streamsToOneselfStepByStep() {
    serveDouble(peers.server);
    try (var call = peers.server.open(peers.serverId(), DOUBLE, RpcPeers.SOON)) {
      for (int i = 0; i < 50; i++) {
        call.send(i);
        assertThat(call.next()).isEqualTo(2 * i);
      }
      call.closeSend();
      assertThat(call.next()).isNull();
    }
  }

  @Test
  void aStreamThatIsClosedEarlyIsCancelledHere() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    peers.server.serveStream(
        DOUBLE,
        (caller, arguments, replies) -> {
          try {
            new CountDownLatch(1).await();
          } finally {
            seen.complete("left");
          }
        });
    peers.server.open(peers.serverId(), DOUBLE, RpcPeers.SOON).close();
    assertThat(seen.get(5, TimeUnit.SECONDS)).isEqualTo("left");
  }

  @Test
  void aStreamThatIsClosedEarlyIsCancelledThere() throws Exception {
    CompletableFuture<Integer> started = new CompletableFuture<>();
    CompletableFuture<String> seen = new CompletableFuture<>();
    peers.server.serveStream(
        DOUBLE,
        (caller, arguments, replies) -> {
          try {
            started.complete(arguments.next());
            arguments.forEachRemaining(value -> {});
          } finally {
            seen.complete("left");
          }
        });
    try (var call = openDouble()) {
      call.send(1);
      assertThat(started.get(5, TimeUnit.SECONDS)).isEqualTo(1);
    }
    assertThat(seen.get(5, TimeUnit.SECONDS)).isEqualTo("left");
  }

  @Test
  void anErrorReachesASenderThatDoesNotRead() {
    peers.server.serveStream(
        DOUBLE,
        (caller, arguments, replies) -> {
          throw new IllegalStateException("disk full after " + arguments.next());
        });
    try (var call = openDouble()) {
      assertThatThrownBy(() -> sendForEver(call)).hasMessage("disk full after 1");
    }
  }

  @Test
  void anErrorReachesALocalSenderThatDoesNotRead() {
    peers.server.serveStream(
        DOUBLE,
        (caller, arguments, replies) -> {
          throw new IllegalStateException("disk full after " + arguments.next());
        });
    try (var call = peers.server.open(peers.serverId(), DOUBLE, RpcPeers.SOON)) {
      assertThatThrownBy(() -> sendForEver(call)).hasMessage("disk full after 1");
    }
  }

  private static void sendForEver(Rpc.Call<Integer, Integer> call) {
    while (true) {
      call.send(1);
    }
  }

  @Test
  void aPeerThatTakesNoDataStopsTheSender() {
    CountDownLatch never = new CountDownLatch(1);
    peers.server.serveStream(DOUBLE, (caller, arguments, replies) -> never.await());
    try (var call = peers.client.open(peers.serverId(), DOUBLE, Duration.ofMillis(200))) {
      assertThatThrownBy(() -> sendForEver(call))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLIENT))
          .hasMessageContaining("takes no data");
    }
  }

  @Test
  void aStreamingPeerThatFallsSilentIsGivenUp() {
    CountDownLatch never = new CountDownLatch(1);
    peers.server.serveStream(DOUBLE, (caller, arguments, replies) -> never.await());
    try (var call = peers.client.open(peers.serverId(), DOUBLE, Duration.ofMillis(100))) {
      assertThatThrownBy(call::next).hasMessageContaining("does not answer within");
    }
  }

  @Test
  void aBadArgumentCancelsAStream() throws IOException {
    peers.server.serveStream(
        DOUBLE, (caller, arguments, replies) -> replies.accept(arguments.next()));
    assertCancelled(DOUBLE);
  }

  @Test
  void aBadArgumentCancelsAStreamThatTakesNone() throws IOException {
    peers.server.serveStream(
        RpcMethods.CLUSTER_ID_STREAM,
        (caller, none, replies) ->
            replies.accept(
                new PeerInfo(
                    caller,
                    List.of(),
                    List.of(),
                    List.of(),
                    "",
                    "",
                    "",
                    "",
                    new PeerInfo.IpfsInfo(Optional.empty(), List.of(), ""),
                    "")));
    assertCancelled(RpcMethods.CLUSTER_ID_STREAM);
  }

  private void assertCancelled(RpcMethod<?, ?> method) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    MsgWriter writer = new MsgWriter(request);
    ServiceId.CODEC.write(writer, ServiceId.of(method));
    writer.string("not a number");
    MsgReader answer = Bytes.reader(peers.answer(request.toByteArray(), true));
    Response response = Response.CODEC.read(answer);
    assertThat(response.kind()).isEqualTo(Kind.METHOD);
    assertThat(response.error()).isEqualTo("context canceled");
  }

  @Test
  void whatIsRefusedIsCounted() throws IOException {
    peers.trusted.clear();
    var _ = peers.answer(Bytes.hex("c1c1c1"), true);
    var _ = peers.answer(call("Nobody", "knows"), true);
    var _ = peers.answer(call("Cluster", "PeerRemove"), true);
    var _ = peers.answer(call("Cluster", "Pin"), true);
    assertThat(peers.server.refusals().all())
        .isEqualTo(
            Map.of(
                Refusals.Reason.MALFORMED, 1L,
                Refusals.Reason.UNKNOWN, 1L,
                Refusals.Reason.UNTRUSTED, 2L));
  }

  private static byte[] call(String service, String method) throws IOException {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    ServiceId.CODEC.write(new MsgWriter(request), new ServiceId(service, method));
    return request.toByteArray();
  }

  @Test
  void garbageInPlaceOfAMethodIsRefused() throws IOException {
    MsgReader answer = Bytes.reader(peers.answer(Bytes.hex("c1c1c1"), true));
    assertThat(Response.CODEC.read(answer).error()).startsWith("error reading service ID: ");
  }

  @Test
  void aPeerMayNotHoldTooManyCalls() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(InboundLimit.MAX_CALLS_PER_PEER);
    peers.server.serve(
        ECHO,
        (caller, text) -> {
          entered.countDown();
          release.await();
          return text;
        });
    for (int i = 0; i < InboundLimit.MAX_CALLS_PER_PEER; i++) {
      writeEcho(peers.raw());
    }
    entered.await();
    assertThatThrownBy(() -> echo("one more")).isInstanceOf(RpcException.class);
    release.countDown();
  }

  @Test
  void aClosedPeerNeitherCallsNorAnswers() {
    peers.server.serve(ECHO, (caller, text) -> text);
    peers.server.close();
    assertThatThrownBy(() -> echo("x")).isInstanceOf(RpcException.class);
    peers.client.close();
    assertThatThrownBy(() -> echo("x")).hasMessage("this peer is shutting down");
  }

  /**
   * Blocks travel by the hundreds of megabytes: none may be lost. The floor is far below the usual
   * rate (several hundred MiB/s) and only catches a stream that crawls, on the busiest machine too.
   */
  @Test
  void manyBlocksArriveWhole() {
    AtomicLong sum = new AtomicLong();
    peers.server.serveStream(
        RpcMethods.IPFS_BLOCK_STREAM, (caller, blocks, replies) -> addUp(blocks, sum));
    byte[] data = new byte[1 << 20];
    Cid cid = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(data));
    NodeWithMeta block = new NodeWithMeta(cid, data, data.length);
    long start = System.nanoTime();
    try (var call =
        peers.client.open(peers.serverId(), RpcMethods.IPFS_BLOCK_STREAM, RpcPeers.SOON)) {
      for (int i = 0; i < 256; i++) {
        call.send(block);
      }
      call.closeSend();
      assertThat(call.next()).isNull();
    }
    assertThat(sum).hasValue(256L << 20);
    double mibPerSecond = 256 / ((System.nanoTime() - start) / 1e9);
    assertThat(mibPerSecond).isGreaterThan(20);
  }

  private static void addUp(Iterator<NodeWithMeta> blocks, AtomicLong sum) {
    blocks.forEachRemaining(block -> sum.addAndGet(block.data().length));
  }
}
