package io.ecluster.core.pin;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.ecluster.multiformats.FormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Hand-written protobuf over arrays, where the only I/O error is a malformed message. For core's
 * packages alone.
 */
public final class Proto {
  /** Writes fields. */
  public interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  /** Reads one field whose tag has been read; false if it is not known. */
  public interface FieldReader {
    boolean field(int tag, CodedInputStream in) throws IOException;
  }

  private Proto() {}

  /** The tag of a length-delimited field. */
  public static int bytesTag(int field) {
    return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  /** The tag of a varint field. */
  public static int varintTag(int field) {
    return field << 3 | WireFormat.WIRETYPE_VARINT;
  }

  /** The bytes of a message. */
  public static byte[] write(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Hands each field to {@code reader} and skips those it does not know.
   *
   * @return whether some were not known
   * @throws FormatException if the bytes are no message
   */
  public static boolean read(byte[] bytes, String what, FieldReader reader) {
    CodedInputStream in = CodedInputStream.newInstance(bytes);
    boolean unknown = false;
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (!reader.field(tag, in)) {
          unknown = true;
          skip(in, tag, what);
        }
      }
    } catch (IOException e) {
      throw new FormatException("malformed " + what + ": " + e.getMessage(), e);
    }
    return unknown;
  }

  private static void skip(CodedInputStream in, int tag, String what) throws IOException {
    if (!in.skipField(tag)) {
      throw new FormatException("malformed " + what + ": stray end of group");
    }
  }

  /** An unsigned integer of 64 bits, all of them, as Go's uvarint. */
  public static byte[] uvarint(long value) {
    return write(out -> out.writeUInt64NoTag(value));
  }

  /**
   * Reads what {@link #uvarint(long)} wrote.
   *
   * @throws FormatException if the bytes are no number
   */
  public static long uvarint(byte[] bytes) {
    try {
      return CodedInputStream.newInstance(bytes).readUInt64();
    } catch (IOException e) {
      throw new FormatException("malformed number: " + e.getMessage(), e);
    }
  }
}
