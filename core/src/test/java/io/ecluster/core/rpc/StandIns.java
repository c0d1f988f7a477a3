package io.ecluster.core.rpc;

import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.rpc.RpcMethod.Access;
import io.ecluster.ipfs.IpfsNode.RepoStat;
import io.ecluster.libp2p.Vectors;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Methods that answer as the stand-ins in gorpc_streams.json did. */
final class StandIns {
  private static final Cid RAW =
      Cid.parse("bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy");
  private static final Cid V1 =
      Cid.parse("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi");

  static final List<NodeWithMeta> BLOCKS =
      List.of(
          new NodeWithMeta(RAW, "block one".getBytes(StandardCharsets.UTF_8), 9),
          new NodeWithMeta(V1, "block two".getBytes(StandardCharsets.UTF_8), 9));

  private StandIns() {}

  static void serveAll(Gorpc rpc) {
    serveCluster(rpc);
    rpc.serve(RpcMethods.IPFS_REPO_STAT, (caller, none) -> new RepoStat(5000, 10_000_000_000L));
    rpc.serveStream(
        RpcMethods.IPFS_BLOCK_STREAM,
        (caller, blocks, replies) -> {
          List<NodeWithMeta> got = new ArrayList<>();
          blocks.forEachRemaining(got::add);
          if (got.size() != 2 || !got.get(1).cid().equals(V1)) {
            throw new IllegalStateException("wrong blocks " + got);
          }
        });
    serveTracker(rpc);
  }

  private static void serveCluster(Gorpc rpc) {
    rpc.serve(RpcMethods.CLUSTER_VERSION, (caller, none) -> new Version("1.1.6"));
    rpc.serve(
        RpcMethods.CLUSTER_ID, (caller, none) -> reply(RpcMethods.CLUSTER_ID, "Cluster.ID unary"));
    rpc.serveStream(
        RpcMethods.CLUSTER_ID_STREAM,
        (caller, none, replies) ->
            replies.accept(reply(RpcMethods.CLUSTER_ID_STREAM, "Cluster.IDStream")));
    rpc.serve(
        RpcMethods.CLUSTER_PEER_ADD,
        (caller, peer) -> reply(RpcMethods.CLUSTER_PEER_ADD, "Cluster.PeerAdd unary"));
    rpc.serve(
        RpcMethods.CLUSTER_PEER_REMOVE,
        (caller, peer) -> {
          throw new UnsupportedOperationException("crdt consensus component cannot remove peers");
        });
    rpc.serve(
        open(RpcMethods.CLUSTER_PIN),
        (caller, pin) -> pin.withTimestamp(Instant.ofEpochSecond(1_700_000_000)));
    rpc.serve(
        open(RpcMethods.CLUSTER_BLOCK_ALLOCATE),
        (caller, options) ->
            List.of(PeerId.parse("12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5")));
    rpc.serve(
        open(RpcMethods.CLUSTER_PIN_GET),
        (caller, cid) -> {
          throw new IllegalStateException("pin is not part of the pinset");
        });
  }

  private static void serveTracker(Gorpc rpc) {
    rpc.serveStream(
        RpcMethods.TRACKER_STATUS_ALL,
        (caller, filters, replies) -> {
          if (filters.next() == 0) {
            statuses().forEach(replies);
          }
        });
    rpc.serveStream(
        open(RpcMethods.TRACKER_RECOVER_ALL),
        (caller, none, replies) -> {
          replies.accept(statuses().getFirst());
          throw new IllegalStateException("RecoverAll error: boom");
        });
  }

  /** A closed method, opened so that a test can call it from afar. */
  private static <A, R> RpcMethod<A, R> open(RpcMethod<A, R> method) {
    return new RpcMethod<>(
        method.service(),
        method.name(),
        method.argument(),
        method.reply(),
        method.streaming(),
        Access.OPEN);
  }

  private static List<PinInfo> statuses() throws IOException {
    MsgReader reader = response("PinTracker.StatusAll stream");
    List<PinInfo> all = new ArrayList<>();
    while (!reader.atEnd()) {
      var _ = Response.CODEC.read(reader);
      all.add(PinInfoCodecs.PIN_INFO.read(reader));
    }
    return all;
  }

  private static <R> R reply(RpcMethod<?, R> method, String transcript) {
    try {
      MsgReader reader = response(transcript);
      var _ = Response.CODEC.read(reader);
      return method.reply().read(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MsgReader response(String transcript) {
    String hex =
        Optional.of(Vectors.load("gorpc_streams").named(transcript))
            .map(vector -> vector.node().get("extra").get("response").asString())
            .orElseThrow();
    return Bytes.reader(Objects.requireNonNull(Bytes.hex(hex)));
  }
}
