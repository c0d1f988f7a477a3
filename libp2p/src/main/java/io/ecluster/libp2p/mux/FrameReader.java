package io.ecluster.libp2p.mux;

import io.ecluster.libp2p.net.FrameChannel;
import java.io.IOException;

/** Cuts a channel's messages into yamux frames, whose borders are elsewhere. For one thread. */
final class FrameReader {
  /** Takes a part of a payload; the array is not written to afterwards. */
  interface Part {
    void take(byte[] bytes, int offset, int length) throws IOException;
  }

  private final FrameChannel channel;
  private final byte[] header = new byte[Frame.HEADER_BYTES];
  private byte[] message = {};
  private int at;

  FrameReader(FrameChannel channel) {
    this.channel = channel;
  }

  Frame next() throws IOException {
    for (int filled = 0; filled < header.length; ) {
      int part = Math.min(header.length - filled, available());
      System.arraycopy(message, at, header, filled, part);
      filled += part;
      at += part;
    }
    return Frame.parse(header);
  }

  /** Hands over the payload behind a header, piece by piece as it arrives. */
  void payload(long length, Part taker) throws IOException {
    for (long left = length; left > 0; ) {
      int part = (int) Math.min(left, available());
      taker.take(message, at, part);
      at += part;
      left -= part;
    }
  }

  private int available() throws IOException {
    while (at == message.length) {
      message = channel.read();
      at = 0;
    }
    return message.length - at;
  }
}
