package io.ecluster.libp2p.mdns;

import io.ecluster.multiformats.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** A domain name; case does not matter, as in DNS. Each character of a label is one byte. */
record DnsName(List<String> labels) {
  static final int MAX_LABEL_BYTES = 63;

  /** As written without compression: a length before each label, and the root's zero. */
  static final int MAX_BYTES = 255;

  DnsName {
    labels = labels.stream().map(label -> label.toLowerCase(Locale.ROOT)).toList();
    int bytes = 1;
    for (String label : labels) {
      if (label.isEmpty() || label.length() > MAX_LABEL_BYTES) {
        throw new FormatException("DNS label of " + label.length() + " bytes");
      }
      bytes += 1 + label.length();
    }
    if (bytes > MAX_BYTES) {
      throw new FormatException("DNS name of " + bytes + " bytes");
    }
  }

  static DnsName of(String dotted) {
    return new DnsName(List.of(dotted.split("\\.", -1)));
  }

  /** This name with a label in front. */
  DnsName child(String label) {
    return new DnsName(Stream.concat(Stream.of(label), labels.stream()).toList());
  }

  boolean isChildOf(DnsName parent) {
    return labels.size() == parent.labels.size() + 1
        && labels.subList(1, labels.size()).equals(parent.labels);
  }

  static byte[] bytes(String label) {
    return label.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public String toString() {
    return String.join(".", labels);
  }
}
