package io.ecluster.libp2p.mdns;

import java.util.List;

/**
 * A resource record.
 *
 * @param ttl for how many seconds it may be believed; 0 takes it back
 */
record DnsRecord(DnsName name, long ttl, Data data) {
  /** What it says; other types are not kept. */
  sealed interface Data {}

  /** Type PTR: an instance of a service. */
  record Pointer(DnsName target) implements Data {}

  /** Type SRV: the host of an instance, and the port. */
  record Service(int port, DnsName target) implements Data {}

  /** Type TXT. Each character is one byte. */
  record Text(List<String> strings) implements Data {
    Text {
      strings = List.copyOf(strings);
    }
  }

  /** Type A or AAAA: 4 or 16 bytes. */
  record Address(byte[] ip) implements Data {}
}
