package io.ecluster.libp2p.crypto;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The protobuf that holds a private or a public key: {@code {1: type, 2: data}}. */
record KeyMessage(KeyType type, byte[] data) {
  /** An RSA-8192 private key takes under 5 KiB; nothing larger is a key. */
  private static final int MAX_BYTES = 8 * 1024;

  static KeyMessage parse(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new FormatException("key of " + bytes.length + " bytes; at most " + MAX_BYTES);
    }
    try {
      return read(CodedInputStream.newInstance(bytes));
    } catch (IOException e) {
      throw new FormatException("not a key protobuf", e);
    }
  }

  private static KeyMessage read(CodedInputStream in) throws IOException {
    int type = -1;
    byte @Nullable [] data = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 8 -> type = in.readEnum();
        case 18 -> data = in.readByteArray();
        default -> in.skipField(tag);
      }
    }
    if (data == null) {
      throw new FormatException("key protobuf without data");
    }
    return new KeyMessage(KeyType.byNumber(type), data);
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeEnum(1, type.number());
      out.writeByteArray(2, data);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return bytes.toByteArray();
  }
}
