package io.ecluster.ipld;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.ecluster.multiformats.FormatException;
import java.io.IOException;

/** Runs hand-written protobuf code over arrays, where the only I/O error is a malformed message. */
final class Protobuf {
  /** Writes one message. */
  interface Writer {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  /** Reads one message up to the end of the input. */
  interface Reader<T> {
    T readFrom(CodedInputStream in) throws IOException;
  }

  private Protobuf() {}

  /** The bytes of a message whose size has been computed. */
  static byte[] write(int size, Writer writer) {
    byte[] bytes = new byte[size];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      writer.writeTo(out);
    } catch (IOException e) {
      throw new IllegalStateException("the computed size of a message was wrong", e);
    }
    out.checkNoSpaceLeft();
    return bytes;
  }

  static <T> T read(byte[] bytes, String what, Reader<T> reader) {
    try {
      return reader.readFrom(CodedInputStream.newInstance(bytes));
    } catch (IOException e) {
      throw new FormatException("malformed " + what + ": " + e.getMessage(), e);
    }
  }
}
