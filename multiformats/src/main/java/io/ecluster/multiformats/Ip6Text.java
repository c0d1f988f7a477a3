package io.ecluster.multiformats;

import java.util.StringJoiner;

/** Canonical IPv6 text (RFC 5952): lower case, the longest run of zero groups as {@code ::}. */
final class Ip6Text {
  private static final int GROUPS = 8;

  private Ip6Text() {}

  static String format(byte[] address) {
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
