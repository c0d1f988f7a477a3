package io.ecluster.core.cluster;

import static io.ecluster.core.rpc.RpcMethod.Access.TRUSTED;

import io.ecluster.core.pin.PinInfo;
import io.ecluster.core.rpc.Codec;
import io.ecluster.core.rpc.MsgReader;
import io.ecluster.core.rpc.MsgWriter;
import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.core.rpc.RpcMethods;
import io.ecluster.multiformats.Cid;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What only our own peers offer each other. A Go peer answers that it cannot find the service;
 * callers then do without.
 */
public final class ErasureMethods {
  private static final String SERVICE = "Erasure";

  private static final Codec<Cid> CID = RpcMethods.TRACKER_STATUS.argument();

  /** The status of each pin once it is settled, in the order asked for. */
  public static final RpcMethod<AwaitRequest, List<PinInfo>> AWAIT_PINNED =
      new RpcMethod<>(
          SERVICE,
          "AwaitPinned",
          new AwaitCodec(),
          new ListCodec<>(RpcMethods.TRACKER_STATUS.reply(), AwaitRequest.MAX_CIDS),
          false,
          TRUSTED);

  /** Blocks of the peer's own store, one reply for each CID, empty where it has none. */
  public static final RpcMethod<Cid, NodeWithMeta> BLOCKS =
      new RpcMethod<>(
          SERVICE, "Blocks", CID, RpcMethods.IPFS_BLOCK_STREAM.argument(), true, TRUSTED);

  /** Whether the peer's own store has each block; without reading it. */
  public static final RpcMethod<Cid, Boolean> HAS_BLOCKS =
      new RpcMethod<>(SERVICE, "HasBlocks", CID, new BoolCodec(), true, TRUSTED);

  /** Whether the peer's own store has each block whole: reads and hashes it there. */
  public static final RpcMethod<Cid, Boolean> CHECK_BLOCKS =
      new RpcMethod<>(SERVICE, "CheckBlocks", CID, new BoolCodec(), true, TRUSTED);

  /**
   * The caller's blocks of a stream that ended with this one need no longer be kept for it: their
   * pin has come, or never will.
   */
  public static final RpcMethod<Cid, Nothing> LET_GO =
      new RpcMethod<>(SERVICE, "LetGo", CID, RpcMethods.CONSENSUS_LOG_PIN.reply(), false, TRUSTED);

  /** What the peer is in the middle of adding, as {@link AddsInProgress} names it. */
  public static final RpcMethod<Nothing, List<String>> ADDS_IN_PROGRESS =
      new RpcMethod<>(
          SERVICE,
          "AddsInProgress",
          RpcMethods.MONITOR_METRIC_NAMES.argument(),
          RpcMethods.MONITOR_METRIC_NAMES.reply(),
          false,
          TRUSTED);

  private ErasureMethods() {}

  private record ListCodec<T>(Codec<T> element, int maxSize) implements Codec<List<T>> {
    @Override
    public void write(MsgWriter out, List<T> values) throws IOException {
      out.array(values.size());
      for (T value : values) {
        element.write(out, value);
      }
    }

    @Override
    public List<T> read(MsgReader in) throws IOException {
      int size = in.array();
      if (size > maxSize) {
        throw in.fail(size + " elements; at most " + maxSize + " are accepted");
      }
      List<T> values = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        values.add(element.read(in));
      }
      return values;
    }
  }

  /** An array of the timeout in milliseconds and the list of CIDs. */
  private static final class AwaitCodec implements Codec<AwaitRequest> {
    private final Codec<List<Cid>> cids = new ListCodec<>(CID, AwaitRequest.MAX_CIDS);

    @Override
    public void write(MsgWriter out, AwaitRequest request) throws IOException {
      out.array(2);
      out.signed(request.timeout().toMillis());
      cids.write(out, request.cids());
    }

    @Override
    public AwaitRequest read(MsgReader in) throws IOException {
      int size = in.array();
      if (size != 2) {
        throw in.fail("expected timeout and CIDs, got " + size + " elements");
      }
      Duration timeout = Duration.ofMillis(in.signed());
      return new AwaitRequest(cids.read(in), timeout);
    }
  }

  private static final class BoolCodec implements Codec<Boolean> {
    @Override
    public void write(MsgWriter out, Boolean value) throws IOException {
      out.bool(value);
    }

    @Override
    public Boolean read(MsgReader in) throws IOException {
      return in.bool();
    }
  }
}
