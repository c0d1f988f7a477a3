package io.ecluster.ipld;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.ecluster.multiformats.Multihash;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns files into UnixFS DAGs with the roots that Kubo's {@code add} gives. One pass over the
 * stream; in memory are one batch of leaves and a few hundred links, whatever the file's size. A
 * block is emitted after its children, the root last.
 */
public final class FileImporter {
  /** What leaves that wait to be hashed together may take, whatever their number. */
  static final int MAX_BATCH_BYTES = 16 * 1024 * 1024;

  private final BlockHasher hasher;

  public FileImporter() {
    this(BlockHasher.SIDE_BY_SIDE);
  }

  public FileImporter(BlockHasher hasher) {
    this.hasher = hasher;
  }

  /** Imports one file; the stream is read to its end and left open. */
  public Imported add(InputStream in, ImportOptions options, BlockSink sink) throws IOException {
    NodeWriter writer = new NodeWriter(options, sink);
    Batch batch = new Batch(options, writer, options.layout().over(writer));
    Chunker chunker = options.chunking().over(in);
    byte[] chunk = chunker.next();
    if (chunk == null && options.layout().emptyFileHasLeaf()) {
      batch.add(new byte[0]);
    }
    for (; chunk != null; chunk = chunker.next()) {
      batch.add(chunk);
    }
    return batch.finish();
  }

  /** Imports a symbolic link. */
  public Imported addSymlink(String target, ImportOptions options, BlockSink sink) {
    return new NodeWriter(options, sink).node(UnixFs.symlink(Utf8.encode(target)), List.of());
  }

  /** Leaves that wait to be hashed together. */
  private final class Batch {
    private final ImportOptions options;
    private final NodeWriter writer;
    private final Layout layout;
    private final List<byte[]> blocks = new ArrayList<>();
    private final List<Integer> fileSizes = new ArrayList<>();
    private long bytes;

    Batch(ImportOptions options, NodeWriter writer, Layout layout) {
      this.options = options;
      this.writer = writer;
      this.layout = layout;
    }

    void add(byte[] chunk) {
      blocks.add(options.rawLeaves() ? chunk : wrapped(chunk, options.layout().leafType()));
      fileSizes.add(chunk.length);
      bytes += chunk.length;
      if (blocks.size() >= hasher.batchSize() || bytes >= MAX_BATCH_BYTES) {
        flush();
      }
    }

    Imported finish() {
      flush();
      return layout.finish();
    }

    private void flush() {
      List<Multihash> hashes = hasher.hash(options.hash(), blocks);
      for (int i = 0; i < hashes.size(); i++) {
        layout.add(writer.leaf(blocks.get(i), hashes.get(i)), fileSizes.get(i));
      }
      blocks.clear();
      fileSizes.clear();
      bytes = 0;
    }
  }

  /**
   * The dag-pb node of a leaf that is not raw: the same bytes as by way of {@link UnixFs} and
   * {@link DagPb}, but the chunk is copied once.
   */
  static byte[] wrapped(byte[] chunk, UnixFs.Type type) {
    if (chunk.length == 0) {
      return DagPb.encode(new PbNode(List.of(), UnixFs.leaf(chunk, type).encode()));
    }
    int message =
        CodedOutputStream.computeEnumSize(1, type.number())
            + CodedOutputStream.computeByteArraySize(2, chunk)
            + CodedOutputStream.computeUInt64Size(3, chunk.length);
    int size = 1 + CodedOutputStream.computeUInt32SizeNoTag(message) + message;
    return Protobuf.write(
        size,
        out -> {
          out.writeTag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
          out.writeUInt32NoTag(message);
          out.writeEnum(1, type.number());
          out.writeByteArray(2, chunk);
          out.writeUInt64(3, chunk.length);
        });
  }
}
