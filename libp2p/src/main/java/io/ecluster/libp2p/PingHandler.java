package io.ecluster.libp2p;

import java.io.IOException;

/** Sends every 32 bytes back, until the peer has enough. */
final class PingHandler implements StreamHandler {
  static final String PROTOCOL = "/ipfs/ping/1.0.0";

  private static final int BYTES = 32;

  @Override
  public void serve(Stream stream) throws IOException {
    byte[] payload = new byte[BYTES];
    while (stream.input().readNBytes(payload, 0, BYTES) == BYTES) {
      stream.output().write(payload);
    }
  }
}
