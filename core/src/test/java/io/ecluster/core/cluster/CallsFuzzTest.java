package io.ecluster.core.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.cluster.TestCluster.TestPeer;
import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.MsgWriter;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.libp2p.FrameMutator;
import io.ecluster.libp2p.MemoryHost;
import io.ecluster.libp2p.StreamFuzz;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of Go's peers and of ours, changed, to whole peers; and changed answers to our calls. */
@Timeout(120)
class CallsFuzzTest {
  private static final int CALLS = 6_000;
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Cid CID =
      Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");

  private final TestCluster cluster = TestCluster.of(2);
  private final TestPeer peer = cluster.peer(0);
  private final MemoryHost attacker = cluster.network.host(99);

  @AfterEach
  void stop() {
    cluster.close();
  }

  private static List<RpcMethod<?, ?>> ours() {
    return List.of(
        ErasureMethods.AWAIT_PINNED,
        ErasureMethods.BLOCKS,
        ErasureMethods.HAS_BLOCKS,
        ErasureMethods.CHECK_BLOCKS,
        ErasureMethods.LET_GO,
        ErasureMethods.ADDS_IN_PROGRESS);
  }

  /** Every method with every kind of argument, and whole recorded streams. */
  private static List<byte[]> requests() throws IOException {
    List<byte[]> arguments = Vectors.load("msgpack_types").everyFrame();
    List<byte[]> requests = new ArrayList<>();
    for (RpcMethod<?, ?> method :
        Stream.concat(RpcMethods.ALL.stream(), ours().stream()).toList()) {
      for (byte[] argument : arguments) {
        requests.add(request(method, argument));
      }
    }
    for (String recorded : List.of("gorpc_streams", "gorpc_live")) {
      Vectors.load(recorded).all().forEach(vector -> requests.add(extra(vector, "request")));
    }
    return requests;
  }

  private static byte[] extra(Vectors.Vector vector, String field) {
    return HexFormat.of().parseHex(vector.node().get("extra").get(field).asString());
  }

  private static byte[] request(RpcMethod<?, ?> method, byte[] argument) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MsgWriter writer = new MsgWriter(out);
    writer.map(2);
    writer.string("Name");
    writer.string(method.service());
    writer.string("Method");
    writer.string(method.name());
    out.writeBytes(argument);
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPeerSurvivesChangedCalls(boolean trusted) throws IOException {
    cluster.network.connectAll();
    if (trusted) {
      peer.consensus.trust(attacker.id());
    }
    FrameMutator calls = FrameMutator.of(requests());
    new StreamFuzz(cluster.network, attacker, peer.id()).run(Gorpc.PROTOCOL, calls, CALLS);

    PeerId friend = cluster.peer(1).id();
    assertThat(cluster.peer(1).rpc.call(peer.id(), RpcMethods.CLUSTER_ID, NOTHING, SOON).id())
        .as(calls::describe)
        .isEqualTo(peer.id());
    assertThat(peer.rpc.call(friend, RpcMethods.CLUSTER_ID, NOTHING, SOON).id()).isEqualTo(friend);
  }

  private static final Nothing NOTHING = Nothing.NOTHING;

  @Test
  void changedAnswersAreErrorsAtWorst() throws IOException {
    List<byte[]> answers = new ArrayList<>(Vectors.load("msgpack_types").everyFrame());
    for (String recorded : List.of("gorpc_streams", "gorpc_live")) {
      Vectors.load(recorded).all().forEach(vector -> answers.add(extra(vector, "response")));
    }
    FrameMutator frames = FrameMutator.of(answers);
    Random random = new Random(frames.seed());
    byte[][] next = new byte[1][];
    attacker.handle(Gorpc.PROTOCOL, stream -> stream.output().write(next[0]));
    cluster.network.connectAll();
    List<Consumer<Rpc>> calls = calls();
    int refused =
        frames.run(
            CALLS,
            frame -> {
              next[0] = frame;
              return fails(calls.get(random.nextInt(calls.size())));
            });
    assertThat(refused).as(frames::describe).isBetween(1_000, CALLS - 100);
  }

  private boolean fails(Consumer<Rpc> call) {
    try {
      call.accept(peer.rpc);
      return false;
    } catch (RpcException e) {
      assertThat(e).hasMessageNotContaining("null");
      return true;
    }
  }

  private List<Consumer<Rpc>> calls() {
    return List.of(
        unary(RpcMethods.CLUSTER_ID, NOTHING),
        unary(RpcMethods.CLUSTER_VERSION, NOTHING),
        unary(RpcMethods.CLUSTER_REPO_GC_LOCAL, NOTHING),
        unary(RpcMethods.IPFS_REPO_STAT, NOTHING),
        unary(RpcMethods.IPFS_SWARM_PEERS, NOTHING),
        unary(RpcMethods.TRACKER_STATUS, CID),
        unary(ErasureMethods.AWAIT_PINNED, new AwaitRequest(List.of(CID), SOON)),
        unary(ErasureMethods.ADDS_IN_PROGRESS, NOTHING),
        stream(RpcMethods.CLUSTER_ID_STREAM, NOTHING),
        stream(RpcMethods.TRACKER_STATUS_ALL, 0),
        stream(ErasureMethods.BLOCKS, CID),
        stream(ErasureMethods.HAS_BLOCKS, CID));
  }

  private <A> Consumer<Rpc> unary(RpcMethod<A, ?> method, A argument) {
    return rpc -> assertThat(rpc.call(attacker.id(), method, argument, SOON)).isNotNull();
  }

  private <A, R> Consumer<Rpc> stream(RpcMethod<A, R> method, A argument) {
    return rpc -> {
      try (Rpc.Call<A, R> call = rpc.open(attacker.id(), method, SOON)) {
        call.send(argument);
        call.closeSend();
        for (R reply = call.next(); reply != null; reply = call.next()) {
          assertThat(reply).isNotNull();
        }
      }
    };
  }
}
