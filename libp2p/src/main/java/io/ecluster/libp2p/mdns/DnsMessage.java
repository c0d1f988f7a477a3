package io.ecluster.libp2p.mdns;

import java.util.List;

/**
 * A query or an answer. Which section a record was in is not kept.
 *
 * @param answers those of the answer section when written, all when read
 * @param additional what is worth knowing beside; empty when read
 */
record DnsMessage(
    boolean response,
    List<Question> questions,
    List<DnsRecord> answers,
    List<DnsRecord> additional) {
  static final int TYPE_A = 1;
  static final int TYPE_PTR = 12;
  static final int TYPE_TXT = 16;
  static final int TYPE_AAAA = 28;
  static final int TYPE_SRV = 33;
  static final int TYPE_ANY = 255;

  /** The only class in use. */
  static final int CLASS_IN = 1;

  /** The highest bit of a class: asks for a unicast answer, or flushes caches. */
  static final int CLASS_FLAG = 0x8000;

  static final int HEADER_BYTES = 12;

  /** A response, and with authority. */
  static final int RESPONSE_FLAGS = 0x8400;

  /** What is asked. */
  record Question(DnsName name, int type) {}

  DnsMessage {
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
    additional = List.copyOf(additional);
  }

  static DnsMessage query(DnsName service) {
    return new DnsMessage(false, List.of(new Question(service, TYPE_PTR)), List.of(), List.of());
  }
}
