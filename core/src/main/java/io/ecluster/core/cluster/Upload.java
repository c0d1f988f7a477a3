package io.ecluster.core.cluster;

import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Nothing;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.ipld.Block;
import io.ecluster.multiformats.Cid;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocks on their way to one peer. Nothing is certain until {@link #finish} has returned.
 *
 * <p>There is a stream for each hash function: a Go peer takes all blocks of a stream for hashed as
 * its first. Almost always that is one stream.
 */
public final class Upload implements AutoCloseable {
  /** More than any DAG has, fewer than a peer minds. */
  private static final int MAX_STREAMS = 8;

  private final Supplier<Rpc.Call<NodeWithMeta, Nothing>> opener;
  private final List<HashStream> streams = new ArrayList<>();
  private final Map<Long, HashStream> byFunction = new HashMap<>();

  /** Opens the first stream. */
  Upload(Supplier<Rpc.Call<NodeWithMeta, Nothing>> opener) {
    this.opener = opener;
    open();
  }

  /** A stream of blocks with one hash function. */
  private static final class HashStream {
    private final Rpc.Call<NodeWithMeta, Nothing> call;
    private @Nullable Cid last;

    HashStream(Rpc.Call<NodeWithMeta, Nothing> call) {
      this.call = call;
    }

    void send(Block block) {
      call.send(new NodeWithMeta(block.cid(), block.data(), block.size()));
      last = block.cid();
    }

    void finish() {
      if (last == null) {
        return; // nothing was sent; peers take that for a mistake
      }
      call.closeSend();
      while (call.next() != null) {
        // a peer sends no replies; the end is what counts
      }
    }
  }

  /**
   * Sends; blocks while the peer is slow.
   *
   * @throws IllegalArgumentException if the blocks are hashed by too many functions
   */
  public void send(List<Block> blocks) {
    blocks.forEach(block -> streamOf(block.cid().hash().code()).send(block));
  }

  private HashStream streamOf(long function) {
    HashStream known = byFunction.get(function);
    if (known != null) {
      return known;
    }
    HashStream stream = byFunction.isEmpty() ? streams.getFirst() : open();
    byFunction.put(function, stream);
    return stream;
  }

  private HashStream open() {
    if (streams.size() == MAX_STREAMS) {
      throw new IllegalArgumentException(
          "blocks of more than " + MAX_STREAMS + " hash functions in one upload");
    }
    HashStream stream = new HashStream(opener.get());
    streams.add(stream);
    return stream;
  }

  /** Ends the streams; when this returns the peer has stored everything. */
  public void finish() {
    streams.forEach(HashStream::finish);
  }

  /** The last block of each stream: by them the peer knows which upload is meant. */
  List<Cid> lasts() {
    List<Cid> lasts = new ArrayList<>();
    for (HashStream stream : streams) {
      if (stream.last != null) {
        lasts.add(stream.last);
      }
    }
    return lasts;
  }

  /** Breaks off, unless finished. */
  @Override
  public void close() {
    streams.forEach(stream -> stream.call.close());
  }
}
