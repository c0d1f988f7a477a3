package io.ecluster.libp2p.pubsub;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Encodes frames; {@link RpcReader} is the other way. */
final class RpcWriter {
  private RpcWriter() {}

  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The frame with its length before it. */
  static byte[] frame(Rpc rpc) {
    byte[] body = body(rpc);
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + Varint.MAX_BYTES);
    Varint.write(out, body.length);
    out.writeBytes(body);
    return out.toByteArray();
  }

  static byte[] body(Rpc rpc) {
    return bytes(out -> {
      for (Rpc.Subscription each : rpc.subscriptions()) {
        out.writeByteArray(1, subscription(each));
      }
      for (SignedMessage each : rpc.messages()) {
        out.writeByteArray(2, message(each));
      }
      if (rpc.hasControl()) {
        out.writeByteArray(3, control(rpc));
      }
    });
  }

  /** Fields 1 to 4 of a message: what is signed, after the prefix. */
  static byte[] unsigned(SignedMessage message) {
    return bytes(out -> writeUnsigned(out, message));
  }

  private static void writeUnsigned(CodedOutputStream out, SignedMessage message)
      throws IOException {
    out.writeBytes(1, message.from());
    if (message.data() != null) {
      out.writeBytes(2, message.data());
    }
    out.writeBytes(3, message.sequence());
    out.writeString(4, message.topic());
  }

  private static byte[] message(SignedMessage message) {
    return bytes(out -> {
      writeUnsigned(out, message);
      out.writeBytes(5, message.signature());
      if (message.key() != null) {
        out.writeBytes(6, message.key());
      }
    });
  }

  private static byte[] subscription(Rpc.Subscription subscription) {
    return bytes(out -> {
      out.writeBool(1, subscription.join());
      out.writeString(2, subscription.topic());
    });
  }

  private static byte[] control(Rpc rpc) {
    return bytes(out -> {
      for (Rpc.Have each : rpc.have()) {
        out.writeByteArray(1, have(each));
      }
      if (!rpc.want().isEmpty()) {
        out.writeByteArray(2, want(rpc));
      }
      for (String each : rpc.graft()) {
        out.writeByteArray(3, bytes(graft -> graft.writeString(1, each)));
      }
      for (Rpc.Prune each : rpc.prune()) {
        out.writeByteArray(4, prune(each));
      }
    });
  }

  private static byte[] have(Rpc.Have have) {
    return bytes(out -> {
      out.writeString(1, have.topic());
      for (ByteString id : have.ids()) {
        out.writeBytes(2, id);
      }
    });
  }

  private static byte[] want(Rpc rpc) {
    return bytes(out -> {
      for (ByteString id : rpc.want()) {
        out.writeBytes(1, id);
      }
    });
  }

  private static byte[] prune(Rpc.Prune prune) {
    return bytes(out -> {
      out.writeString(1, prune.topic());
      out.writeUInt64(3, prune.backoffSeconds());
    });
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
