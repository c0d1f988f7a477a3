package io.ecluster.libp2p.net;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** A muxer's channel without encryption, straight on a wire. */
public final class WireFrames implements FrameChannel {
  private final Wire wire;
  private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();

  public WireFrames(Wire wire) {
    this.wire = wire;
  }

  @Override
  public byte[] read() throws IOException {
    byte[] buffer = new byte[70_000];
    int got = wire.read(buffer, 0, buffer.length);
    if (got < 0) {
      throw new EOFException("the wire ended");
    }
    return Arrays.copyOf(buffer, got);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    gathered.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    byte[] all = gathered.toByteArray();
    gathered.reset();
    if (all.length > 0) {
      wire.write(all, 0, all.length);
    }
  }

  @Override
  public void close() {
    wire.close();
  }
}
