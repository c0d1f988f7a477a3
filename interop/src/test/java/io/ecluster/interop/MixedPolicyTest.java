package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.peers.PeerInfo;
import io.ecluster.core.rpc.Gorpc;
import io.ecluster.core.rpc.MsgWriter;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethod.Access;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.libp2p.FakeNetwork;
import io.ecluster.libp2p.Vectors;
import io.ecluster.libp2p.crypto.Identity;
import io.ecluster.multiformats.PeerId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A Go peer and one of ours are called by somebody whom they trust, and by somebody whom they do
 * not, every method of them all: both answer to the byte as Go's peers did when the vectors were
 * taken, with an argument that cannot be decoded, so that nothing is done but what is asked about.
 */
@NeedsKubo
@NeedsGoCluster
class MixedPolicyTest {
  private static final Identity TRUSTED = FakeNetwork.identity(78);
  private static final Identity STRANGER = FakeNetwork.identity(79);
  private static final Vectors VECTORS = Vectors.load("rpc_policy_live");

  /** Go's method and the end of its call race: it may also end without a word. */
  private static final Set<String> RACING_IN_GO = Set.of("Cluster.IDStream");

  /** Go says nothing here, not even that the call is cancelled. */
  private static final Set<String> SILENT_IN_GO = Set.of("Cluster.Peers");

  private static MixedCluster cluster;

  @BeforeAll
  static void start() {
    Map<String, String> settings = Map.of("CLUSTER_CRDT_TRUSTEDPEERS", TRUSTED.id().toString());
    cluster = new MixedCluster(2);
    GoMember go = cluster.go("go", settings);
    OurMember ours = cluster.ours("ours", settings);
    go.start();
    ours.start();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyMethodAnswersAsInTheVectors(boolean isOurs) throws IOException {
    MixedPeer peer = peer(isOurs);
    assertThat(RpcMethods.ALL).hasSize(55);
    for (RpcMethod<?, ?> method : RpcMethods.ALL) {
      assertThat(answer(STRANGER, peer, method))
          .as("%s to a stranger", name(method))
          .isIn(expected(peer, method, method.access() == Access.OPEN));
      assertThat(answer(TRUSTED, peer, method))
          .as("%s to a trusted peer", name(method))
          .isIn(expected(peer, method, method.access() != Access.CLOSED));
    }
    assertThat(peer.pins()).isEmpty();
  }

  /** Ours for each other; Go has no such service. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void methodsOfOursAreNotForStrangers(boolean isOurs) throws IOException {
    for (RpcMethod<?, ?> method :
        List.of(
            ErasureMethods.AWAIT_PINNED,
            ErasureMethods.BLOCKS,
            ErasureMethods.HAS_BLOCKS,
            ErasureMethods.CHECK_BLOCKS,
            ErasureMethods.LET_GO,
            ErasureMethods.ADDS_IN_PROGRESS)) {
      String refusal =
          isOurs
              ? told(method, "client does not have permissions to call " + name(method), 3)
              : told(method, "rpc: can't find service Erasure", 1);
      assertThat(answer(STRANGER, peer(isOurs), method)).as(name(method)).isEqualTo(refusal);
    }
  }

  private static MixedPeer peer(boolean isOurs) {
    return cluster.peers().stream().filter(p -> p.isOurs() == isOurs).findFirst().orElseThrow();
  }

  private static String answer(Identity caller, MixedPeer peer, RpcMethod<?, ?> method)
      throws IOException {
    try (Outsider outsider = new Outsider(caller, MixedCluster.SECRET)) {
      PeerId called = outsider.connect(peer.clusterAddress());
      return HexFormat.of().formatHex(outsider.call(called, garbage(method), method.streaming()));
    }
  }

  private static String name(RpcMethod<?, ?> method) {
    return method.service() + "." + method.name();
  }

  private static List<String> expected(MixedPeer peer, RpcMethod<?, ?> method, boolean accepted)
      throws IOException {
    String name = name(method);
    Vectors.Vector vector = VECTORS.named(name);
    assertThat(vector.text("description")).isEqualToIgnoringCase(method.access().name());
    String recorded = vector.node().get("extra").get("responseHex_trusted_caller").asString();
    String refusal = told(method, "client does not have permissions to call " + name, 3);
    if (method.access() == Access.CLOSED) {
      assertThat(recorded).isEqualTo(refusal);
    }
    if (!accepted) {
      return List.of(refusal);
    }
    if (peer.isOurs()) {
      return List.of(SILENT_IN_GO.contains(name) ? told(method, "context canceled", 0) : recorded);
    }
    return RACING_IN_GO.contains(name) ? List.of(recorded, "") : List.of(recorded);
  }

  private static byte[] garbage(RpcMethod<?, ?> method) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeName(new MsgWriter(out), method);
    out.write(0xc1);
    return out.toByteArray();
  }

  private static void writeName(MsgWriter writer, RpcMethod<?, ?> method) throws IOException {
    writer.map(2);
    writer.string("Name");
    writer.string(method.service());
    writer.string("Method");
    writer.string(method.name());
  }

  private static String told(RpcMethod<?, ?> method, String error, int type) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    MsgWriter writer = new MsgWriter(out);
    writer.map(type == 0 ? 2 : 3);
    writer.string("Service");
    writeName(writer, method);
    writer.string("Error");
    writer.string(error);
    if (type != 0) {
      writer.string("ErrType");
      writer.signed(type);
    }
    writer.nil();
    return HexFormat.of().formatHex(out.toByteArray());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStrangerIsServedWhatIsOpen(boolean isOurs) throws IOException {
    MixedPeer peer = peer(isOurs);
    try (Outsider outsider = new Outsider(STRANGER, MixedCluster.SECRET);
        Gorpc rpc = new Gorpc(outsider.host(), () -> _ -> false)) {
      rpc.serve(RpcMethods.CLUSTER_ID, (_, _) -> info(STRANGER.id())); // asked by PeerAdd
      PeerId id = outsider.connect(peer.clusterAddress());
      assertThat(rpc.call(id, RpcMethods.CLUSTER_PEER_ADD, STRANGER.id(), Outsider.PATIENCE).id())
          .isEqualTo(STRANGER.id());
      assertThat(rpc.call(id, RpcMethods.CLUSTER_ID, Nothing.NOTHING, Outsider.PATIENCE).id())
          .isEqualTo(id);
      assertThat(
              rpc.call(id, RpcMethods.CLUSTER_VERSION, Nothing.NOTHING, Outsider.PATIENCE)
                  .version())
          .isEqualTo("1.1.6");
      try (var call = rpc.open(id, RpcMethods.CLUSTER_ID_STREAM, Outsider.PATIENCE)) {
        call.closeSend();
        assertThat(call.next()).isNotNull();
        assertThat(call.next()).isNull();
      }
    }
  }

  private static PeerInfo info(PeerId id) {
    PeerInfo.IpfsInfo none = new PeerInfo.IpfsInfo(Optional.empty(), List.of(), "");
    return new PeerInfo(id, List.of(), List.of(), List.of(), "1.1.6", "", "", "", none, "stranger");
  }
}
