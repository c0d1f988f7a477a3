package io.ecluster.multiformats;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * The text of IP addresses as Go reads and writes it: four plain decimal numbers, or RFC 5952
 * (lower case, the longest run of zero groups as {@code ::}) with IPv4-mapped addresses in decimal.
 * No zones, brackets or abbreviations, and no name is ever looked up.
 */
final class IpText {
  private static final int GROUPS = 8;
  private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final Pattern IP4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
  private static final Pattern IP6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final byte[] MAPPED_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private IpText() {}

  static byte[] parse4(String text) {
    if (!IP4.matcher(text).matches()) {
      throw new FormatException("not an ip4 address: " + text);
    }
    return literal(text);
  }

  static byte[] parse6(String text) {
    if (!IP6.matcher(text).matches()) {
      throw new FormatException("not an ip6 address: " + text);
    }
    byte[] bytes = literal(text);
    return bytes.length == 4 ? mapped(bytes) : bytes;
  }

  private static byte[] literal(String text) {
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      throw new FormatException("not an IP address: " + text, e);
    }
  }

  /** The JDK reads an IPv4-mapped address as the IPv4 one. */
  private static byte[] mapped(byte[] ip4) {
    byte[] ip6 = Arrays.copyOf(MAPPED_PREFIX, 16);
    System.arraycopy(ip4, 0, ip6, MAPPED_PREFIX.length, ip4.length);
    return ip6;
  }

  static String format4(byte[] address) {
    StringJoiner text = new StringJoiner(".");
    for (byte b : address) {
      text.add(Integer.toString(b & 0xff));
    }
    return text.toString();
  }

  static String format6(byte[] address) {
    int prefix = MAPPED_PREFIX.length;
    return Arrays.equals(address, 0, prefix, MAPPED_PREFIX, 0, prefix)
        ? "::ffff:" + format4(Arrays.copyOfRange(address, prefix, address.length))
        : groupsText(address);
  }

  private static String groupsText(byte[] address) {
    int[] groups = groups(address);
    int start = 0;
    int length = 0;
    for (int i = 0; i < GROUPS; i++) {
      int run = zeroRun(groups, i);
      if (run > length) {
        start = i;
        length = run;
      }
    }
    return length < 2
        ? join(groups, 0, GROUPS)
        : join(groups, 0, start) + "::" + join(groups, start + length, GROUPS);
  }

  private static int[] groups(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (address[2 * i] & 0xff) << 8 | (address[2 * i + 1] & 0xff);
    }
    return groups;
  }

  private static int zeroRun(int[] groups, int from) {
    int to = from;
    while (to < GROUPS && groups[to] == 0) {
      to++;
    }
    return to - from;
  }

  private static String join(int[] groups, int from, int to) {
    StringJoiner text = new StringJoiner(":");
    for (int i = from; i < to; i++) {
      text.add(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
