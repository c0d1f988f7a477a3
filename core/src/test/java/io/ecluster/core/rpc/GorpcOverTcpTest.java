package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.rpc.RpcMethod.Access;
import io.ecluster.libp2p.ConnectionListener;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.HostConfig;
import io.ecluster.libp2p.Libp2pHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.HashFunction;
import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same over real connections: half-close, reset and windows are theirs to get right. */
@Timeout(60)
class GorpcOverTcpTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final RpcMethod<String, String> ECHO =
      new RpcMethod<>("Test", "Echo", Codecs.STRING, Codecs.STRING, false, Access.OPEN);
  private static final RpcMethod<Integer, Integer> COUNT =
      new RpcMethod<>("Test", "Count", Codecs.INT, Codecs.INT, true, Access.OPEN);

  private Libp2pHost serverHost;
  private Libp2pHost clientHost;
  private Gorpc server;
  private Gorpc client;

  @BeforeEach
  void startPeers() throws IOException {
    serverHost = host(1);
    clientHost = host(2);
    server = new Gorpc(serverHost, () -> peer -> true);
    client = new Gorpc(clientHost, () -> peer -> true);
    serverHost.start();
    clientHost.start();
    clientHost.connect(serverHost.id(), serverHost.addresses(), SOON);
  }

  private static Libp2pHost host(int seed) throws IOException {
    return Libp2pHost.create(
        HostConfig.of(FakeNetwork.identity(seed))
            .withListen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")));
  }

  @AfterEach
  void stopPeers() {
    client.close();
    server.close();
    clientHost.close();
    serverHost.close();
  }

  private String echo(String text) {
    return client.call(serverHost.id(), ECHO, text, SOON);
  }

  @Test
  void answersBothWays() {
    server.serve(ECHO, (caller, text) -> server.call(caller, ECHO, text + " there", SOON));
    client.serve(ECHO, (caller, text) -> text + " back");
    for (int i = 0; i < 200; i++) {
      assertThat(echo("go " + i)).isEqualTo("go " + i + " there back");
    }
  }

  @Test
  void streamsManySmallReplies() {
    server.serveStream(
        COUNT,
        (caller, arguments, replies) -> {
          int count = arguments.next();
          for (int i = 0; i < count; i++) {
            replies.accept(i);
          }
        });
    try (var call = client.open(serverHost.id(), COUNT, SOON)) {
      call.send(50_000);
      call.closeSend();
      for (int i = 0; i < 50_000; i++) {
        assertThat(call.next()).isEqualTo(i);
      }
      assertThat(call.next()).isNull();
    }
  }

  @Test
  void anErrorReachesASenderThatDoesNotRead() {
    server.serveStream(
        COUNT,
        (caller, arguments, replies) -> {
          throw new IllegalStateException("enough after " + arguments.next());
        });
    try (var call = client.open(serverHost.id(), COUNT, SOON)) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  call.send(1);
                }
              })
          .hasMessage("enough after 1");
    }
  }

  @Test
  void aResetCancelsTheMethod() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<String> end = new CompletableFuture<>();
    server.serve(
        ECHO,
        (caller, text) -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            end.complete("interrupted");
          }
          return text;
        });
    Stream stream = begin();
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
    stream.reset();
    assertThat(end.get(10, TimeUnit.SECONDS)).isEqualTo("interrupted");
  }

  /** Writes a call and waits for nothing. */
  private Stream begin() throws IOException {
    Stream stream = clientHost.open(serverHost.id(), List.of(Gorpc.PROTOCOL), SOON);
    MsgWriter writer = new MsgWriter(stream.output());
    ServiceId.CODEC.write(writer, ServiceId.of(ECHO));
    writer.string("x");
    return stream;
  }

  /** What a cancelled method was about to send must not cost all others their connection. */
  @Test
  void cancellingAMethodThatCallsOthersLeavesTheConnectionWhole() throws Exception {
    CountDownLatch ended = new CountDownLatch(20);
    client.serve(ECHO, (caller, text) -> text);
    server.serve(
        ECHO,
        (caller, text) -> {
          try {
            while (!Thread.currentThread().isInterrupted()) {
              var _ = server.call(caller, ECHO, text, SOON);
            }
          } finally {
            ended.countDown();
          }
          return text;
        });
    server.serve(RpcMethods.CLUSTER_VERSION, (caller, none) -> new Version("1"));
    CountDownLatch lost = new CountDownLatch(1);
    clientHost.addListener(new LossListener(lost));
    for (int i = 0; i < 20; i++) {
      Stream stream = begin();
      var _ = client.call(serverHost.id(), RpcMethods.CLUSTER_VERSION, Nothing.NOTHING, SOON);
      stream.reset();
    }
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(clientHost.isConnected(serverHost.id())).isTrue();
    assertThat(lost.getCount()).isEqualTo(1);
  }

  @Test
  void manyBlocksArriveWhole() {
    AtomicLong sum = new AtomicLong();
    server.serveStream(
        RpcMethods.IPFS_BLOCK_STREAM,
        (caller, blocks, replies) ->
            blocks.forEachRemaining(block -> sum.addAndGet(block.data().length)));
    byte[] data = new byte[1 << 20];
    Cid cid = Cid.v1(Multicodec.RAW, HashFunction.SHA2_256.hash(data));
    NodeWithMeta block = new NodeWithMeta(cid, data, data.length);
    try (var call = client.open(serverHost.id(), RpcMethods.IPFS_BLOCK_STREAM, SOON)) {
      for (int i = 0; i < 64; i++) {
        call.send(block);
      }
      call.closeSend();
      assertThat(call.next()).isNull();
    }
    assertThat(sum).hasValue(64L << 20);
  }

  /** Counts down when a connection is lost. */
  private record LossListener(CountDownLatch lost) implements ConnectionListener {
    @Override
    public void identified(PeerId peer) {}

    @Override
    public void disconnected(PeerId peer) {
      lost.countDown();
    }
  }
}
