package io.ecluster.libp2p.mdns;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Encodes a packet of our own: names that were written before are pointed to. */
final class DnsWriter {
  /** Pointers have 14 bits, and no packet is longer. */
  private static final int POINTER = 0xc000;

  private final ByteBuffer out = ByteBuffer.allocate(DnsReader.MAX_PACKET_BYTES);
  private final Map<List<String>, Integer> written = new HashMap<>();

  private DnsWriter() {}

  /**
   * The packet.
   *
   * @throws java.nio.BufferOverflowException if it would be longer than packets may be
   */
  static byte[] write(DnsMessage message) {
    DnsWriter writer = new DnsWriter();
    writer.message(message);
    return Arrays.copyOf(writer.out.array(), writer.out.position());
  }

  private void message(DnsMessage message) {
    u16(0);
    u16(message.response() ? DnsMessage.RESPONSE_FLAGS : 0);
    u16(message.questions().size());
    u16(message.answers().size());
    u16(0);
    u16(message.additional().size());
    for (DnsMessage.Question question : message.questions()) {
      name(question.name());
      u16(question.type());
      u16(DnsMessage.CLASS_IN);
    }
    message.answers().forEach(this::record);
    message.additional().forEach(this::record);
  }

  private void record(DnsRecord record) {
    name(record.name());
    u16(type(record.data()));
    u16(DnsMessage.CLASS_IN);
    out.putInt((int) record.ttl());
    int start = out.position();
    u16(0);
    data(record.data());
    out.putShort(start, (short) (out.position() - start - 2));
  }

  private static int type(DnsRecord.Data data) {
    return switch (data) {
      case DnsRecord.Pointer _ -> DnsMessage.TYPE_PTR;
      case DnsRecord.Service _ -> DnsMessage.TYPE_SRV;
      case DnsRecord.Text _ -> DnsMessage.TYPE_TXT;
      case DnsRecord.Address address ->
          address.ip().length == 4 ? DnsMessage.TYPE_A : DnsMessage.TYPE_AAAA;
    };
  }

  private void data(DnsRecord.Data data) {
    switch (data) {
      case DnsRecord.Pointer pointer -> name(pointer.target());
      case DnsRecord.Service service -> {
        out.putInt(0); // priority and weight
        u16(service.port());
        plainName(service.target()); // readers older than multicast DNS know no pointers here
      }
      case DnsRecord.Text text -> text.strings().forEach(this::text);
      case DnsRecord.Address address -> out.put(address.ip());
    }
  }

  private void name(DnsName name) {
    List<String> labels = name.labels();
    for (int i = 0; i < labels.size(); i++) {
      Integer before = written.get(labels.subList(i, labels.size()));
      if (before != null) {
        u16(POINTER | before);
        return;
      }
      label(labels, i);
    }
    out.put((byte) 0);
  }

  private void plainName(DnsName name) {
    for (int i = 0; i < name.labels().size(); i++) {
      label(name.labels(), i);
    }
    out.put((byte) 0);
  }

  private void label(List<String> labels, int index) {
    written.putIfAbsent(labels.subList(index, labels.size()), out.position());
    text(labels.get(index));
  }

  private void text(String text) {
    byte[] bytes = DnsName.bytes(text);
    out.put((byte) bytes.length);
    out.put(bytes);
  }

  private void u16(int value) {
    out.putShort((short) value);
  }
}
