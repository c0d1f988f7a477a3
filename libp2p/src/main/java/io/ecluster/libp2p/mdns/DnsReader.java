package io.ecluster.libp2p.mdns;

import io.ecluster.multiformats.FormatException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decodes a packet that anyone on the network may have sent. */
final class DnsReader {
  /** The largest packet that multicast DNS allows. */
  static final int MAX_PACKET_BYTES = 9000;

  /** A peer asks one question and answers with four records; others share the group. */
  static final int MAX_ENTRIES = 256;

  /** Two high bits of a length that make it a pointer. */
  private static final int POINTER = 0xc0;

  private final ByteBuffer in;

  private DnsReader(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Reads a packet; records of types that are not used here are left out.
   *
   * @throws FormatException if it is malformed, or has more entries than a packet may have
   */
  static DnsMessage read(byte[] packet) {
    if (packet.length > MAX_PACKET_BYTES) {
      throw new FormatException("DNS packet of " + packet.length + " bytes");
    }
    try {
      return new DnsReader(ByteBuffer.wrap(packet)).message();
    } catch (BufferUnderflowException e) {
      throw new FormatException("DNS packet is cut short", e);
    }
  }

  private DnsMessage message() {
    u16(); // the id means nothing here
    int flags = u16();
    int questions = count();
    int records = count() + count() + count();
    if (records > MAX_ENTRIES) {
      throw new FormatException("DNS packet of " + records + " records");
    }
    List<DnsMessage.Question> asked = new ArrayList<>();
    for (int i = 0; i < questions; i++) {
      asked.add(question());
    }
    List<DnsRecord> told = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      record().ifPresent(told::add);
    }
    return new DnsMessage((flags & 0x8000) != 0, asked, told, List.of());
  }

  private int count() {
    int count = u16();
    if (count > MAX_ENTRIES) {
      throw new FormatException("DNS packet of " + count + " entries of a kind");
    }
    return count;
  }

  private DnsMessage.Question question() {
    DnsName name = name();
    int type = u16();
    u16();
    return new DnsMessage.Question(name, type);
  }

  private Optional<DnsRecord> record() {
    DnsName name = name();
    int type = u16();
    int dnsClass = u16() & ~DnsMessage.CLASS_FLAG;
    long ttl = Integer.toUnsignedLong(in.getInt());
    int length = u16();
    int end = in.position() + length;
    if (length > in.remaining()) {
      throw new FormatException("DNS record is cut short");
    }
    Optional<DnsRecord.Data> data =
        dnsClass == DnsMessage.CLASS_IN ? data(type, length) : Optional.empty();
    if (in.position() > end) {
      throw new FormatException("DNS record is longer than it says");
    }
    in.position(end);
    return data.map(known -> new DnsRecord(name, ttl, known));
  }

  private Optional<DnsRecord.Data> data(int type, int length) {
    return Optional.ofNullable(
        switch (type) {
          case DnsMessage.TYPE_PTR -> new DnsRecord.Pointer(name());
          case DnsMessage.TYPE_SRV -> service();
          case DnsMessage.TYPE_TXT -> new DnsRecord.Text(strings(length));
          case DnsMessage.TYPE_A -> address(length, 4);
          case DnsMessage.TYPE_AAAA -> address(length, 16);
          default -> null;
        });
  }

  private DnsRecord.Service service() {
    in.getInt(); // priority and weight
    int port = u16();
    return new DnsRecord.Service(port, name());
  }

  private List<String> strings(int length) {
    int end = in.position() + length;
    List<String> strings = new ArrayList<>();
    while (in.position() < end) {
      int size = u8();
      if (size > end - in.position()) {
        throw new FormatException("DNS text is cut short");
      }
      strings.add(text(size));
    }
    return strings;
  }

  private DnsRecord.Address address(int length, int expected) {
    if (length != expected) {
      throw new FormatException("DNS address of " + length + " bytes");
    }
    byte[] ip = new byte[length];
    in.get(ip);
    return new DnsRecord.Address(ip);
  }

  /** Pointers lead back to where a name began before, each further than the last: none loops. */
  private DnsName name() {
    List<String> labels = new ArrayList<>();
    int earliest = in.position();
    int afterPointer = -1;
    for (int length = u8(); length != 0; length = u8()) {
      if ((length & POINTER) == POINTER) {
        int target = ((length & ~POINTER) << 8) | u8();
        if (target >= earliest || target < DnsMessage.HEADER_BYTES) {
          throw new FormatException("DNS name points to " + target);
        }
        afterPointer = afterPointer < 0 ? in.position() : afterPointer;
        earliest = target;
        in.position(target);
      } else if (length > DnsName.MAX_LABEL_BYTES || labels.size() * 2 > DnsName.MAX_BYTES) {
        throw new FormatException("DNS name is too long");
      } else {
        labels.add(text(length));
      }
    }
    if (afterPointer >= 0) {
      in.position(afterPointer);
    }
    return new DnsName(labels);
  }

  private String text(int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private int u8() {
    return Byte.toUnsignedInt(in.get());
  }

  private int u16() {
    return Short.toUnsignedInt(in.getShort());
  }
}
