package io.ecluster.libp2p.mux;

import java.nio.ByteBuffer;

/** The 12-byte header of a yamux frame. */
record Frame(int type, int flags, int stream, int length) {
  static final int HEADER_BYTES = 12;

  static final int DATA = 0;
  static final int WINDOW_UPDATE = 1;
  static final int PING = 2;
  static final int GO_AWAY = 3;

  static final int SYN = 1;
  static final int ACK = 2;
  static final int FIN = 4;
  static final int RST = 8;

  static final int NORMAL = 0;
  static final int PROTOCOL_ERROR = 1;

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The length as the unsigned number it is on the wire. */
  long unsignedLength() {
    return Integer.toUnsignedLong(length);
  }

  void put(byte[] into) {
    ByteBuffer.wrap(into)
        .put((byte) 0)
        .put((byte) type)
        .putShort((short) flags)
        .putInt(stream)
        .putInt(length);
  }

  static Frame parse(byte[] header) throws YamuxException {
    ByteBuffer in = ByteBuffer.wrap(header);
    int version = in.get();
    int type = in.get();
    if (version != 0 || type < DATA || type > GO_AWAY) {
      throw YamuxException.violation("frame of version " + version + ", type " + type);
    }
    return new Frame(type, in.getShort(), in.getInt(), in.getInt());
  }
}
