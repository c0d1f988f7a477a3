package io.ecluster.ipfs;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The links of a block, read just deep enough for pinning, collecting and resolving paths. */
public final class DagLinks {
  /** Deeper nesting than any node we or Kubo write; stops hostile input from using up the stack. */
  private static final int MAX_DEPTH = 256;

  private static final int CID_TAG = 42;

  private DagLinks() {}

  /** One link; the name is empty where the codec has none. */
  public record Link(String name, Cid cid) {}

  /** Whether blocks of this codec have no links. */
  public static boolean isLeaf(Cid cid) {
    return cid.codec() == Multicodec.RAW || cid.codec() == Multicodec.LIBP2P_KEY;
  }

  /**
   * The links in the order in which the block holds them.
   *
   * @throws FormatException if the block is malformed or of a codec that we cannot read
   */
  public static List<Link> of(Cid cid, byte[] data) {
    if (isLeaf(cid)) {
      return List.of();
    }
    if (cid.codec() == Multicodec.DAG_PB) {
      return protobufLinks(data);
    }
    if (cid.codec() == Multicodec.DAG_CBOR) {
      return cborLinks(data);
    }
    throw new FormatException(
        "cannot follow links of " + cid + ": codec 0x" + Long.toHexString(cid.codec()));
  }

  private static List<Link> protobufLinks(byte[] data) {
    try {
      CodedInputStream in = CodedInputStream.newInstance(data);
      List<Link> links = new ArrayList<>();
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == 2) {
          links.add(protobufLink(in.readByteArray()));
        } else {
          in.skipField(tag);
        }
      }
      return links;
    } catch (IOException e) {
      throw new FormatException("malformed dag-pb node: " + e.getMessage(), e);
    }
  }

  private static Link protobufLink(byte[] data) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(data);
    byte[] hash = {};
    String name = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> hash = in.readByteArray();
        case 2 -> name = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    return new Link(name, Cid.fromBytes(hash));
  }

  private static List<Link> cborLinks(byte[] data) {
    List<Link> links = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(data);
    skipItem(in, links, 0);
    if (in.hasRemaining()) {
      throw new FormatException(in.remaining() + " bytes follow the dag-cbor item");
    }
    return links;
  }

  private static void skipItem(ByteBuffer in, List<Link> links, int depth) {
    requireRoom(in, 1);
    int head = in.get() & 0xff;
    long argument = argument(in, head & 0x1f);
    switch (head >>> 5) {
      case 0, 1, 7 -> {}
      case 2, 3 -> skipBytes(in, argument);
      case 4 -> skipItems(in, links, argument, depth);
      case 5 -> skipItems(in, links, Math.multiplyExact(argument, 2), depth);
      default -> tagged(in, links, argument);
    }
  }

  private static void skipItems(ByteBuffer in, List<Link> links, long count, int depth) {
    requireRoom(in, count);
    if (depth >= MAX_DEPTH) {
      throw new FormatException("dag-cbor node is nested deeper than " + MAX_DEPTH);
    }
    for (long i = 0; i < count; i++) {
      skipItem(in, links, depth + 1);
    }
  }

  private static void tagged(ByteBuffer in, List<Link> links, long tag) {
    requireRoom(in, 1);
    int head = in.get() & 0xff;
    if (tag != CID_TAG || head >>> 5 != 2) {
      throw new FormatException("dag-cbor allows no tag but 42 on bytes");
    }
    long length = argument(in, head & 0x1f);
    int start = in.position();
    skipBytes(in, length);
    if (length < 1 || in.get(start) != 0) {
      throw new FormatException("dag-cbor link does not begin with a zero byte");
    }
    links.add(new Link("", Cid.fromBytes(copy(in, start + 1, (int) length - 1))));
  }

  private static byte[] copy(ByteBuffer in, int from, int length) {
    byte[] bytes = new byte[length];
    in.get(from, bytes);
    return bytes;
  }

  private static long argument(ByteBuffer in, int low) {
    if (low < 24) {
      return low;
    }
    if (low > 27) {
      throw new FormatException("dag-cbor allows no indefinite length");
    }
    int width = 1 << (low - 24);
    requireRoom(in, width);
    return switch (width) {
      case 1 -> in.get() & 0xff;
      case 2 -> in.getShort() & 0xffff;
      case 4 -> in.getInt() & 0xffff_ffffL;
      default -> in.getLong();
    };
  }

  private static void skipBytes(ByteBuffer in, long length) {
    requireRoom(in, length);
    in.position(in.position() + (int) length);
  }

  private static void requireRoom(ByteBuffer in, long length) {
    if (length < 0 || length > in.remaining()) {
      throw new FormatException("dag-cbor node is cut short");
    }
  }
}
