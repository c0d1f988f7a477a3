package io.ecluster.ipld;

import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multihash;
import io.ecluster.multiformats.Varint;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a CAR, version 1, or version 2 whose index is passed over, block by block. Every block is
 * checked against its CID; that all blocks of a DAG are there is not checked here. Format: ipld.io,
 * "Content Addressable aRchives".
 */
public final class CarReader {
  /** A header is a list of roots; nobody has this many. */
  private static final int MAX_HEADER_BYTES = 1024 * 1024;

  /** Version, codec and multihash at their longest. */
  private static final int MAX_CID_BYTES = 4 * Varint.MAX_BYTES + Multihash.MAX_DIGEST_BYTES;

  /** After the version: 16 bytes of flags, then the place and size of the data and the index. */
  private static final int V2_HEADER_BYTES = 40;

  private static final int V2_PRAGMA_BYTES = 11;
  private static final int V2_FLAG_BYTES = 16;

  private final InputStream in;
  private final List<Cid> roots;
  private long left = Long.MAX_VALUE;

  /**
   * Reads the header.
   *
   * @throws FormatException if it is not one of a CAR
   */
  public CarReader(InputStream in) throws IOException {
    this.in = in;
    Cbor.Dict header = header();
    if (header.integer("version") == 2) {
      enterVersion2();
      header = header();
    }
    if (header.integer("version") != 1) {
      throw new FormatException("unknown CAR version " + header.integer("version"));
    }
    this.roots = roots(header);
  }

  /** The CIDs that the archive is about, as its header has them. */
  public List<Cid> roots() {
    return roots;
  }

  /**
   * The next block; empty at the end.
   *
   * @throws FormatException if it is malformed, larger than a block may be, or not what its CID
   *     says
   * @throws EOFException if the archive ends inside it
   */
  public Optional<Block> next() throws IOException {
    if (left == 0) {
      return Optional.empty();
    }
    int first = in.read();
    if (first < 0) {
      requireNoPromise();
      return Optional.empty();
    }
    ByteBuffer section = section(first, Block.MAX_BYTES + MAX_CID_BYTES);
    Cid cid = Cid.read(section);
    if (section.remaining() > Block.MAX_BYTES) {
      throw new FormatException(cid + " has " + section.remaining() + " bytes; too large");
    }
    byte[] data = new byte[section.remaining()];
    section.get(data);
    return Optional.of(Block.verified(cid, data));
  }

  private Cbor.Dict header() throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException("the CAR has no header");
    }
    return DagCbor.decodeDict(section(first, MAX_HEADER_BYTES).array());
  }

  private static List<Cid> roots(Cbor.Dict header) {
    List<Cid> roots = new ArrayList<>();
    for (Cbor root : header.list("roots")) {
      if (!(root instanceof Cbor.Link(Cid cid))) {
        throw new FormatException("a root in the CAR's header is not a link");
      }
      roots.add(cid);
    }
    return List.copyOf(roots);
  }

  private void enterVersion2() throws IOException {
    ByteBuffer header = ByteBuffer.wrap(exactly(V2_HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    long offset = header.getLong(V2_FLAG_BYTES);
    long size = header.getLong(V2_FLAG_BYTES + Long.BYTES);
    long gap = offset - V2_PRAGMA_BYTES - V2_HEADER_BYTES;
    if (gap < 0 || size <= 0) {
      throw new FormatException("the header of the CAR, version 2, places its data nowhere");
    }
    in.skipNBytes(gap);
    left = size;
  }

  /** What follows its own length, of which the first byte has been read. */
  private ByteBuffer section(int first, int maxBytes) throws IOException {
    long length = length(first);
    if (length == 0 || length > maxBytes) {
      throw new FormatException("a CAR section of " + length + " bytes; up to " + maxBytes);
    }
    take(Varint.size(length) + length);
    return ByteBuffer.wrap(exactly((int) length));
  }

  private long length(int first) throws IOException {
    ByteBuffer varint = ByteBuffer.allocate(Varint.MAX_BYTES);
    varint.put((byte) first);
    for (int last = first; last >= 0x80 && varint.hasRemaining(); ) {
      last = in.read();
      if (last < 0) {
        throw new EOFException("the CAR ends inside a length");
      }
      varint.put((byte) last);
    }
    return Varint.get(varint.flip());
  }

  private void take(long bytes) {
    if (bytes > left) {
      throw new FormatException("a CAR section goes beyond the data of the archive");
    }
    left -= left == Long.MAX_VALUE ? 0 : bytes;
  }

  private void requireNoPromise() throws EOFException {
    if (left != Long.MAX_VALUE) {
      throw new EOFException("the CAR ends " + left + " bytes before its data does");
    }
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the CAR ends after " + bytes.length + " of " + length + " bytes");
    }
    return bytes;
  }
}
