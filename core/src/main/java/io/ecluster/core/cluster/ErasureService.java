package io.ecluster.core.cluster;

import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.tracker.StatelessTracker;
import io.ecluster.ipfs.IpfsNode;
import io.ecluster.multiformats.Cid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Answers {@link ErasureMethods}. */
final class ErasureService {
  private static final byte[] MISSING = {};

  private final IpfsNode ipfs;
  private final StatelessTracker tracker;
  private final AddsInProgress adds;
  private final BlockReceiver receiver;

  ErasureService(PeerParts parts, BlockReceiver receiver) {
    this.receiver = receiver;
    this.ipfs = parts.ipfs();
    this.tracker = parts.tracker();
    this.adds = parts.adds();
  }

  void serveOn(Rpc rpc) {
    rpc.serve(ErasureMethods.AWAIT_PINNED, (_, request) -> await(request));
    rpc.serve(ErasureMethods.ADDS_IN_PROGRESS, (_, _) -> adds.names().stream().sorted().toList());
    rpc.serve(ErasureMethods.LET_GO, (caller, last) -> receiver.letGo(caller, last));
    rpc.serveStream(ErasureMethods.BLOCKS, (_, cids, replies) -> blocks(cids, replies));
    rpc.serveStream(
        ErasureMethods.HAS_BLOCKS,
        (_, cids, replies) -> cids.forEachRemaining(cid -> replies.accept(ipfs.has(cid))));
    rpc.serveStream(
        ErasureMethods.CHECK_BLOCKS,
        (_, cids, replies) ->
            cids.forEachRemaining(cid -> replies.accept(ipfs.getLocal(cid).isPresent())));
  }

  private List<PinInfo> await(AwaitRequest request) throws InterruptedException {
    long start = System.nanoTime();
    List<PinInfo> infos = new ArrayList<>();
    for (Cid cid : request.cids()) {
      Duration left = request.timeout().minusNanos(System.nanoTime() - start);
      infos.add(tracker.await(cid, left.isNegative() ? Duration.ZERO : left));
    }
    return infos;
  }

  private void blocks(Iterator<Cid> cids, Consumer<NodeWithMeta> replies) {
    cids.forEachRemaining(
        cid -> replies.accept(new NodeWithMeta(cid, ipfs.getLocal(cid).orElse(MISSING), 0)));
  }
}
