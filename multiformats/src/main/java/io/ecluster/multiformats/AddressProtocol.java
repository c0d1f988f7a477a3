package io.ecluster.multiformats;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
  CERTHASH(466, "certhash", Value.HASH),
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
    HASH
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
      case IP4 -> out.writeBytes(IpText.parse4(text));
      case IP6 -> out.writeBytes(IpText.parse6(text));
      case PORT -> {
        int port = number(text, 0xffff);
        out.write(port >>> 8);
        out.write(port);
      }
      case BYTE -> out.write(number(text, 0xff));
      case TEXT -> writeSized(out, text.getBytes(StandardCharsets.UTF_8));
      case PATH -> writeSized(out, ("/" + text).getBytes(StandardCharsets.UTF_8));
      case PEER -> writeSized(out, PeerId.parse(text).toBytes());
      case HASH -> writeSized(out, Multihash.fromBytes(Multibase.decodeWithPrefix(text)).toBytes());
    }
  }

  String readValue(ByteBuffer in) {
    return switch (value) {
      case NONE -> "";
      case IP4 -> IpText.format4(take(in, 4));
      case IP6 -> IpText.format6(take(in, 16));
      case PORT -> String.valueOf(ByteBuffer.wrap(take(in, 2)).getShort() & 0xffff);
      case BYTE -> String.valueOf(take(in, 1)[0] & 0xff);
      case TEXT -> word(takeSized(in));
      case PATH -> path(takeSized(in));
      case PEER -> peer(takeSized(in));
      case HASH ->
          Multibase.BASE64URL.encodeWithPrefix(Multihash.fromBytes(takeSized(in)).toBytes());
    };
  }

  /** Text between slashes, so it has none; and it must come out as it went in. */
  private String word(byte[] bytes) {
    String word = utf8(bytes);
    if (word.indexOf('/') >= 0) {
      throw new FormatException("slash in the value of multiaddr protocol " + text);
    }
    return word;
  }

  /** A path without its leading slash, which is the one after the protocol's name. */
  private String path(byte[] bytes) {
    String path = utf8(bytes);
    if (path.length() < 2 || path.charAt(0) != '/') {
      throw new FormatException("not an absolute path in multiaddr protocol " + text);
    }
    return path.substring(1);
  }

  private String utf8(byte[] bytes) {
    String decoded = new String(bytes, StandardCharsets.UTF_8);
    if (!Arrays.equals(bytes, decoded.getBytes(StandardCharsets.UTF_8))) {
      throw new FormatException("the value of multiaddr protocol " + text + " is not UTF-8");
    }
    return decoded;
  }

  private static String peer(byte[] bytes) {
    Multihash hash = Multihash.fromBytes(bytes);
    if (!hash.isIdentity() && !HashFunction.SHA2_256.made(hash)) {
      throw new FormatException("not the hash of a peer id: " + hash);
    }
    return hash.toBase58();
  }

  private int number(String text, int max) {
    try {
      int number = Integer.parseInt(text);
      if (Character.isDigit(text.charAt(0)) && number <= max) {
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
