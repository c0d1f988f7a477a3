package io.ecluster.core.cluster;

import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockSink;

/**
 * Blocks on their way to one peer, which may be oneself. Used by one thread at a time. Nothing is
 * certain until {@link #finish} has returned.
 */
public final class BlockUpload implements BlockSink, AutoCloseable {
  private final Rpc.Call<NodeWithMeta, Nothing> call;

  BlockUpload(Rpc.Call<NodeWithMeta, Nothing> call) {
    this.call = call;
  }

  /** Sends a block; blocks the caller while the peer is slow. */
  @Override
  public void put(Block block) {
    call.send(new NodeWithMeta(block.cid(), block.data(), block.size()));
  }

  /**
   * Ends the stream; when this returns the peer has stored everything.
   *
   * @throws io.ecluster.core.rpc.RpcException if it could not
   */
  public void finish() {
    call.closeSend();
    for (Nothing reply = call.next(); reply != null; ) {
      reply = call.next();
    }
  }

  /** Breaks off, unless finished. */
  @Override
  public void close() {
    call.close();
  }
}
