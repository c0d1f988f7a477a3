package io.ecluster.ipld;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dag-pb codec. It writes the one canonical form: links sorted by name and before the data,
 * every link with hash, name and size in this order. It reads fields in any order, as old writers
 * left them, but nothing that is not a dag-pb field.
 */
public final class DagPb {
  private static final int NODE_DATA = 1;
  private static final int NODE_LINKS = 2;
  private static final int LINK_HASH = 1;
  private static final int LINK_NAME = 2;
  private static final int LINK_TSIZE = 3;

  /**
   * Directory order: by the bytes of the name, which for supplementary characters is not Java's.
   */
  static final Comparator<String> NAME_ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private DagPb() {}

  /** The canonical bytes of a node; links of equal names keep their order. */
  public static byte[] encode(PbNode node) {
    List<PbLink> links = sorted(node.links());
    byte[][] messages = new byte[links.size()][];
    int size = 0;
    for (int i = 0; i < messages.length; i++) {
      messages[i] = encodeLink(links.get(i));
      size += CodedOutputStream.computeByteArraySize(NODE_LINKS, messages[i]);
    }
    byte[] data = node.data();
    size += data == null ? 0 : CodedOutputStream.computeByteArraySize(NODE_DATA, data);
    return Protobuf.write(size, out -> writeNode(out, messages, data));
  }

  private static void writeNode(CodedOutputStream out, byte[][] links, byte @Nullable [] data)
      throws IOException {
    for (byte[] link : links) {
      out.writeByteArray(NODE_LINKS, link);
    }
    if (data != null) {
      out.writeByteArray(NODE_DATA, data);
    }
  }

  private static List<PbLink> sorted(List<PbLink> links) {
    boolean named = links.stream().anyMatch(link -> !link.name().isEmpty());
    return named
        ? links.stream().sorted(Comparator.comparing(PbLink::name, NAME_ORDER)).toList()
        : links;
  }

  private static byte[] encodeLink(PbLink link) {
    byte[] hash = link.hash().toBytes();
    int size =
        CodedOutputStream.computeByteArraySize(LINK_HASH, hash)
            + CodedOutputStream.computeStringSize(LINK_NAME, link.name())
            + CodedOutputStream.computeUInt64Size(LINK_TSIZE, link.tsize());
    return Protobuf.write(
        size,
        out -> {
          out.writeByteArray(LINK_HASH, hash);
          out.writeString(LINK_NAME, link.name());
          out.writeUInt64(LINK_TSIZE, link.tsize());
        });
  }

  /**
   * Parses a node.
   *
   * @throws FormatException if the bytes are not dag-pb or longer than a block may be
   */
  public static PbNode decode(byte[] bytes) {
    if (bytes.length > Block.MAX_BYTES) {
      throw new FormatException("dag-pb node of " + bytes.length + " bytes is too large");
    }
    return Protobuf.read(bytes, "dag-pb node", DagPb::readNode);
  }

  private static PbNode readNode(CodedInputStream in) throws IOException {
    List<PbLink> links = new ArrayList<>();
    byte[] data = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == bytesTag(NODE_LINKS)) {
        links.add(Protobuf.read(in.readByteArray(), "dag-pb link", DagPb::readLink));
      } else if (tag == bytesTag(NODE_DATA) && data == null) {
        data = in.readByteArray();
      } else {
        throw unexpected("node", tag);
      }
    }
    return new PbNode(links, data);
  }

  private static PbLink readLink(CodedInputStream in) throws IOException {
    Cid hash = null;
    String name = "";
    long tsize = 0;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == bytesTag(LINK_HASH) && hash == null) {
        hash = Cid.fromBytes(in.readByteArray());
      } else if (tag == bytesTag(LINK_NAME)) {
        name = new String(in.readByteArray(), StandardCharsets.UTF_8);
      } else if (tag == (LINK_TSIZE << 3 | WireFormat.WIRETYPE_VARINT)) {
        tsize = in.readUInt64();
      } else {
        throw unexpected("link", tag);
      }
    }
    if (hash == null) {
      throw new FormatException("dag-pb link without a hash");
    }
    return new PbLink(hash, name, tsize);
  }

  private static int bytesTag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static FormatException unexpected(String where, int tag) {
    return new FormatException("unexpected or repeated field in dag-pb " + where + ": tag " + tag);
  }
}
