package io.ecluster.multiformats;

import java.io.ByteArrayOutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The protocols a multiaddr may be made of, with the binary form of their values. */
public enum AddressProtocol {
  IP4(4, "ip4", Value.IP4),
  TCP(6, "tcp", Value.PORT),
  DNS(53, "dns", Value.TEXT),
  DNS4(54, "dns4", Value.TEXT),
  DNS6(55, "dns6", Value.TEXT),
  DNSADDR(56, "dnsaddr", Value.TEXT),
  IP6(41, "ip6", Value.IP6),
  IP6ZONE(42, "ip6zone", Value.TEXT),
  IPCIDR(43, "ipcidr", Value.BYTE),
  UDP(273, "udp", Value.PORT),
  P2P_CIRCUIT(290, "p2p-circuit", Value.NONE),
  UNIX(400, "unix", Value.PATH),
  P2P(421, "p2p", Value.PEER),
  TLS(448, "tls", Value.NONE),
  SNI(449, "sni", Value.TEXT),
  NOISE(454, "noise", Value.NONE),
  QUIC(460, "quic", Value.NONE),
  QUIC_V1(461, "quic-v1", Value.NONE),
  WEBTRANSPORT(465, "webtransport", Value.NONE),
  CERTHASH(466, "certhash", Value.MULTIBASE),
  WS(477, "ws", Value.NONE),
  WSS(478, "wss", Value.NONE),
  HTTP(480, "http", Value.NONE),
  HTTPS(443, "https", Value.NONE),
  WEBRTC_DIRECT(280, "webrtc-direct", Value.NONE),
  WEBRTC(281, "webrtc", Value.NONE);

  /** A value longer than this is not an address. */
  private static final int MAX_VALUE_BYTES = 4096;

  private enum Value {
    NONE,
    IP4,
    IP6,
    PORT,
    BYTE,
    TEXT,
    PATH,
    PEER,
    MULTIBASE
  }

  private final long code;
  private final String text;
  private final Value value;

  AddressProtocol(long code, String text, Value value) {
    this.code = code;
    this.text = text;
    this.value = value;
  }

  public long code() {
    return code;
  }

  public String text() {
    return text;
  }

  boolean hasValue() {
    return value != Value.NONE;
  }

  boolean isPath() {
    return value == Value.PATH;
  }

  static AddressProtocol byName(String name) {
    String wanted = name.equals("ipfs") ? "p2p" : name;
    for (AddressProtocol protocol : values()) {
      if (protocol.text.equals(wanted)) {
        return protocol;
      }
    }
    throw new FormatException("no multiaddr protocol with name '" + name + "'");
  }

  static AddressProtocol byCode(long code) {
    for (AddressProtocol protocol : values()) {
      if (protocol.code == code) {
        return protocol;
      }
    }
    throw new FormatException("no multiaddr protocol with code " + code);
  }

  /** Checks a text value and brings it to its canonical form. */
  String normalise(String raw) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeValue(bytes, raw);
    return readValue(ByteBuffer.wrap(bytes.toByteArray()));
  }

  void writeValue(ByteArrayOutputStream out, String text) {
    switch (value) {
      case NONE -> {}
      case IP4, IP6 -> out.writeBytes(ipBytes(text));
      case PORT -> {
        int port = number(text, 0xffff);
        out.write(port >>> 8);
        out.write(port);
      }
      case BYTE -> out.write(number(text, 0xff));
      case TEXT -> writeSized(out, text.getBytes(StandardCharsets.UTF_8));
      case PATH -> writeSized(out, ("/" + text).getBytes(StandardCharsets.UTF_8));
      case PEER -> writeSized(out, PeerId.parse(text).toBytes());
      case MULTIBASE -> writeSized(out, Multibase.decodeWithPrefix(text));
    }
  }

  String readValue(ByteBuffer in) {
    return switch (value) {
      case NONE -> "";
      case IP4 -> ipText(take(in, 4));
      case IP6 -> ipText(take(in, 16));
      case PORT -> String.valueOf(ByteBuffer.wrap(take(in, 2)).getShort() & 0xffff);
      case BYTE -> String.valueOf(take(in, 1)[0] & 0xff);
      case TEXT -> new String(takeSized(in), StandardCharsets.UTF_8);
      case PATH -> new String(takeSized(in), StandardCharsets.UTF_8).substring(1);
      case PEER -> PeerId.fromBytes(takeSized(in)).toString();
      case MULTIBASE -> Multibase.BASE32.encodeWithPrefix(takeSized(in));
    };
  }

  private byte[] ipBytes(String text) {
    boolean literal = value == Value.IP4 ? text.matches("[0-9.]+") : text.contains(":");
    try {
      InetAddress address = literal ? InetAddress.getByName(text) : null;
      if (address != null && address.getAddress().length == (value == Value.IP4 ? 4 : 16)) {
        return address.getAddress();
      }
      if (address != null && value == Value.IP6) {
        return mapped(address.getAddress());
      }
    } catch (UnknownHostException e) {
      throw new FormatException("not an " + this.text + " address: " + text, e);
    }
    throw new FormatException("not an " + this.text + " address: " + text);
  }

  private static byte[] mapped(byte[] ip4) {
    byte[] ip6 = new byte[16];
    ip6[10] = (byte) 0xff;
    ip6[11] = (byte) 0xff;
    System.arraycopy(ip4, 0, ip6, 12, 4);
    return ip6;
  }

  private static String ipText(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes).getHostAddress()
          : Ip6Text.format(Inet6Address.getByAddress(null, bytes, -1).getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("4 and 16 bytes are always an address", e);
    }
  }

  private int number(String text, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new FormatException("not a number in multiaddr /" + this.text + "/" + text, e);
    }
    throw new FormatException("out of range in multiaddr: /" + this.text + "/" + text);
  }

  private static void writeSized(ByteArrayOutputStream out, byte[] bytes) {
    Varint.write(out, bytes.length);
    out.writeBytes(bytes);
  }

  private byte[] takeSized(ByteBuffer in) {
    long length = Varint.get(in);
    if (length == 0 || length > MAX_VALUE_BYTES) {
      throw new FormatException("multiaddr value of " + length + " bytes for " + text);
    }
    return take(in, (int) length);
  }

  private byte[] take(ByteBuffer in, int length) {
    if (in.remaining() < length) {
      throw new FormatException("multiaddr is cut short in " + text);
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
