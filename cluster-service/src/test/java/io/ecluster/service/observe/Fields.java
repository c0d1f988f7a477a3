package io.ecluster.service.observe;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The fields of a protobuf message by number, whatever message it is. */
final class Fields {
  private final Map<Integer, List<byte[]>> bytes = new HashMap<>();
  private final Map<Integer, List<Long>> numbers = new HashMap<>();

  private Fields() {}

  static Fields parse(byte[] message) {
    Fields fields = new Fields();
    try {
      CodedInputStream in = CodedInputStream.newInstance(message);
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        fields.read(tag, in);
      }
      return fields;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(int tag, CodedInputStream in) throws IOException {
    int number = WireFormat.getTagFieldNumber(tag);
    switch (WireFormat.getTagWireType(tag)) {
      case WireFormat.WIRETYPE_LENGTH_DELIMITED ->
          bytes.computeIfAbsent(number, _ -> new ArrayList<>()).add(in.readByteArray());
      case WireFormat.WIRETYPE_VARINT ->
          numbers.computeIfAbsent(number, _ -> new ArrayList<>()).add(in.readUInt64());
      default -> in.skipField(tag);
    }
  }

  private Stream<byte[]> bytes(int field) {
    return bytes.getOrDefault(field, List.of()).stream();
  }

  Stream<Fields> messages(int field) {
    return bytes(field).map(Fields::parse);
  }

  Stream<Long> numbers(int field) {
    return numbers.getOrDefault(field, List.of()).stream();
  }

  Stream<String> texts(int field) {
    return bytes(field).map(text -> new String(text, StandardCharsets.UTF_8));
  }

  /** The first text, or an empty one. */
  String text(int field) {
    return texts(field).findFirst().orElse("");
  }

  /** The first bytes as hexadecimal digits, or none. */
  String hex(int field) {
    return bytes(field).map(id -> HexFormat.of().formatHex(id)).findFirst().orElse("");
  }
}
