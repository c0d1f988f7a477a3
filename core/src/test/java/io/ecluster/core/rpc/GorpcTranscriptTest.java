package io.ecluster.core.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.pin.TrackerStatus;
import io.ecluster.core.rpc.RpcException.Kind;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.Stream;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every byte of the streams that Go's library made, as server and as client. */
class GorpcTranscriptTest {
  private static final Vectors VECTORS = Vectors.load("gorpc_streams");
  private static final PeerId P2 =
      PeerId.parse("12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq");
  private RpcPeers peers;

  @BeforeEach
  void startPeers() throws IOException {
    peers = new RpcPeers();
    StandIns.serveAll(peers.server);
  }

  @AfterEach
  void stopPeers() {
    peers.close();
  }

  /** A transcript: bytes of the client, whether it half-closes after them, bytes of the server. */
  record Transcript(String name, byte[] request, boolean halfClose, String response) {
    static Transcript named(String name) {
      Vectors.Vector vector = VECTORS.named(name);
      var extra = vector.node().get("extra");
      boolean halfClose = extra.get("events").toString().contains("CloseWrite");
      return new Transcript(
          name,
          HexFormat.of().parseHex(extra.get("request").asString()),
          halfClose,
          extra.get("response").asString());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Transcript> transcripts() {
    return VECTORS.all().stream().map(v -> Transcript.named(v.text("name"))).toList();
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void answersAsGoDoes(Transcript transcript) throws IOException {
    byte[] answer = peers.answer(transcript.request(), transcript.halfClose());
    assertThat(HexFormat.of().formatHex(answer)).isEqualTo(transcript.response());
  }

  @Test
  void callsAUnaryMethodAsGoDoes() throws Exception {
    try (ScriptedServer server = new ScriptedServer(Transcript.named("Cluster.PeerAdd unary"))) {
      PeerId argument = P2;
      var reply =
          server.client.call(server.id(), RpcMethods.CLUSTER_PEER_ADD, argument, RpcPeers.SOON);
      assertThat(reply.clusterPeers()).hasSize(2);
      assertThat(server.halfClosedBeforeAnswer()).isFalse();
    }
  }

  @Test
  void callsAStreamingMethodAsGoDoes() throws Exception {
    try (ScriptedServer server =
        new ScriptedServer(Transcript.named("PinTracker.StatusAll stream"))) {
      var call = server.client.open(server.id(), RpcMethods.TRACKER_STATUS_ALL, RpcPeers.SOON);
      call.send(0);
      call.closeSend();
      List<TrackerStatus> statuses = new ArrayList<>();
      for (PinInfo info = call.next(); info != null; info = call.next()) {
        statuses.add(info.status());
      }
      call.close();
      assertThat(statuses)
          .containsExactly(TrackerStatus.PINNED, TrackerStatus.PINNING, TrackerStatus.PINNED);
      assertThat(server.halfClosedBeforeAnswer()).isTrue();
    }
  }

  @Test
  void sendsBlocksAsGoDoes() throws Exception {
    Transcript transcript = Transcript.named("IPFSConnector.BlockStream");
    try (ScriptedServer server = new ScriptedServer(transcript)) {
      var call = server.client.open(server.id(), RpcMethods.IPFS_BLOCK_STREAM, RpcPeers.SOON);
      StandIns.BLOCKS.forEach(call::send);
      call.closeSend();
      assertThat(call.next()).isNull();
      call.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown service", "unknown method", "bad argument"})
  void tellsServerErrorsApart(String name) throws Exception {
    try (ScriptedServer server = new ScriptedServer(Transcript.named(name), false)) {
      assertThatThrownBy(() -> callVersion(server))
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.kind()).isEqualTo(Kind.SERVER));
    }
  }

  @Test
  void tellsRefusalsApart() throws Exception {
    Transcript refusal = Transcript.named("Cluster.Unpin authorization error");
    try (ScriptedServer server = new ScriptedServer(refusal, false)) {
      assertThatThrownBy(() -> callVersion(server))
          .hasMessage("client does not have permissions to call Cluster.Unpin")
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAUTHORIZED));
    }
  }

  @Test
  void givesTheErrorOfTheMethodWordForWord() throws Exception {
    Transcript failure = Transcript.named("Cluster.PinGet application error");
    try (ScriptedServer server = new ScriptedServer(failure, false)) {
      assertThatThrownBy(() -> callVersion(server))
          .hasMessage("pin is not part of the pinset")
          .isInstanceOfSatisfying(
              RpcException.class, e -> assertThat(e.kind()).isEqualTo(Kind.METHOD));
    }
  }

  @Test
  void readsReplyByReplyUntilTheError() throws Exception {
    Transcript failure = Transcript.named("stream error after one reply");
    try (ScriptedServer server = new ScriptedServer(failure)) {
      var call = server.client.open(server.id(), RpcMethods.TRACKER_RECOVER_ALL, RpcPeers.SOON);
      call.closeSend();
      assertThat(call.next()).isNotNull();
      assertThatThrownBy(call::next).hasMessage("RecoverAll error: boom");
      call.close();
    }
  }

  @Test
  void readsRepoStat() throws Exception {
    Transcript transcript = Transcript.named("IPFSConnector.RepoStat");
    try (ScriptedServer server = new ScriptedServer(transcript)) {
      RepoStat stat =
          server.client.call(
              server.id(), RpcMethods.IPFS_REPO_STAT, Nothing.NOTHING, RpcPeers.SOON);
      assertThat(stat).isEqualTo(new RepoStat(5000, 10_000_000_000L));
    }
  }

  @Test
  void understandsWhatLivePeersSaid() throws IOException {
    for (Vectors.Vector vector : Vectors.load("gorpc_live").all()) {
      byte[] response = Bytes.hex(vector.node().get("extra").get("response").asString());
      MsgReader reader = Bytes.reader(response);
      String name = vector.text("name").replaceFirst("stream \\d+ ", "");
      RpcMethod<?, ?> method =
          RpcMethods.ALL.stream()
              .filter(m -> ServiceId.of(m).toString().equals(name))
              .findFirst()
              .orElseThrow();
      while (!reader.atEnd()) {
        assertThat(Response.CODEC.read(reader).failed()).as(name).isFalse();
        assertThat(method.reply().read(reader)).as(name).isNotNull();
      }
    }
  }

  private static void callVersion(ScriptedServer server) {
    var _ =
        server.client.call(server.id(), RpcMethods.CLUSTER_VERSION, Nothing.NOTHING, RpcPeers.SOON);
  }

  /** A peer that expects the bytes of a transcript and answers with its bytes. */
  private static final class ScriptedServer implements AutoCloseable {
    private final FakeNetwork network = new FakeNetwork();
    private final MemoryHost host = network.host(1);
    private final MemoryHost clientHost = network.host(2);
    final Gorpc client = new Gorpc(clientHost, () -> peer -> true);
    private final Transcript transcript;
    private final boolean sameRequest;
    private final CompletableFuture<Boolean> halfClosed = new CompletableFuture<>();

    ScriptedServer(Transcript transcript) throws IOException {
      this(transcript, true);
    }

    ScriptedServer(Transcript transcript, boolean sameRequest) throws IOException {
      this.transcript = transcript;
      this.sameRequest = sameRequest;
      host.handle(Gorpc.PROTOCOL, this::serve);
      network.connectAll();
    }

    PeerId id() {
      return host.id();
    }

    boolean halfClosedBeforeAnswer() throws Exception {
      return halfClosed.get(5, TimeUnit.SECONDS);
    }

    private void serve(Stream stream) throws IOException {
      stream.setReadTimeout(RpcPeers.SOON);
      if (sameRequest) {
        byte[] request = stream.input().readNBytes(transcript.request().length);
        assertThat(HexFormat.of().formatHex(request))
            .isEqualTo(HexFormat.of().formatHex(transcript.request()));
      }
      halfClosed.complete(transcript.halfClose() && stream.input().read() < 0);
      stream.output().write(Bytes.hex(transcript.response()));
      stream.output().flush();
    }

    @Override
    public void close() {
      client.close();
      network.close();
    }
  }
}
