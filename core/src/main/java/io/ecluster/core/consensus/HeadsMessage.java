package io.ecluster.core.consensus;

import com.google.protobuf.CodedInputStream;
import io.ecluster.core.pin.Proto;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What peers tell each other: the tips of the DAG they have. Very old peers sent one bare CID
 * instead. A message without heads says "I have nothing"; Go ignores it.
 */
final class HeadsMessage {
  private static final int HEADS = 1;
  private static final int CID = 1;

  private HeadsMessage() {}

  static byte[] encode(List<Cid> heads) {
    return Proto.write(out -> {
      for (Cid head : heads) {
        byte[] message = Proto.write(inner -> inner.writeByteArray(CID, head.toBytes()));
        out.writeByteArray(HEADS, message);
      }
    });
  }

  /**
   * Parses a message; its size is bounded by pubsub.
   *
   * @throws FormatException if it is malformed or names what cannot be a delta
   */
  static List<Cid> decode(byte[] data) {
    List<Cid> heads = new ArrayList<>();
    boolean legacy;
    try {
      legacy = Proto.read(data, "heads", (tag, in) -> head(tag, in, heads));
    } catch (FormatException e) {
      legacy = true;
    }
    return legacy ? List.of(CrdtKeys.requireBlock(Cid.fromBytes(data))) : List.copyOf(heads);
  }

  private static boolean head(int tag, CodedInputStream in, List<Cid> heads) throws IOException {
    if (tag != Proto.bytesTag(HEADS)) {
      return false;
    }
    Proto.read(in.readByteArray(), "head", (inner, message) -> cid(inner, message, heads));
    return true;
  }

  private static boolean cid(int tag, CodedInputStream in, List<Cid> heads) throws IOException {
    if (tag != Proto.bytesTag(CID)) {
      return false;
    }
    heads.add(CrdtKeys.requireBlock(Cid.fromBytes(in.readByteArray())));
    return true;
  }
}
