package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.Varint;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Writes a CAR, version 1. To export a DAG as Kubo does, give it the blocks of {@link
 * DagWalker#forEachBlock}. The stream stays open.
 */
public final class CarWriter implements BlockSink {
  private final OutputStream out;

  /** Writes the header. */
  public CarWriter(OutputStream out, List<Cid> roots) throws IOException {
    this.out = out;
    Cbor links = Cbor.of(roots.stream().map(Cbor::of).toList());
    byte[] header = DagCbor.encode(Cbor.of(Map.of("roots", links, "version", Cbor.of(1))));
    out.write(Varint.encode(header.length));
    out.write(header);
  }

  /**
   * Writes a block.
   *
   * @throws UncheckedIOException if the stream fails
   */
  @Override
  public void put(Block block) {
    byte[] cid = block.cid().toBytes();
    try {
      out.write(Varint.encode(cid.length + (long) block.size()));
      out.write(cid);
      out.write(block.data());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
