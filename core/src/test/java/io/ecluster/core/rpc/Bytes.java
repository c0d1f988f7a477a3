package io.ecluster.core.rpc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;

/** Encodes and decodes between values and hex. */
final class Bytes {
  static final long MAX_MESSAGE = 1 << 20;

  private Bytes() {}

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  static <T> String encode(Codec<T> codec, T value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.write(new MsgWriter(out), value);
    return HexFormat.of().formatHex(out.toByteArray());
  }

  static String encodeZero(Codec<?> codec) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    codec.writeZero(new MsgWriter(out));
    return HexFormat.of().formatHex(out.toByteArray());
  }

  static MsgReader reader(byte[] bytes) {
    return new MsgReader(new ByteArrayInputStream(bytes), MAX_MESSAGE);
  }

  /** Decodes all of the bytes. */
  static <T> T decode(Codec<T> codec, String hex) throws IOException {
    MsgReader reader = reader(hex(hex));
    T value = codec.read(reader);
    if (!reader.atEnd()) {
      throw new IOException("bytes are left after " + value);
    }
    return value;
  }

  /** What becomes of bytes that are read and written again. */
  static <T> String rewrite(Codec<T> codec, String hex) throws IOException {
    return encode(codec, decode(codec, hex));
  }
}
