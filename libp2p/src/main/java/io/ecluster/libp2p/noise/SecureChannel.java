package io.ecluster.libp2p.noise;

import io.ecluster.libp2p.net.FrameChannel;
import io.ecluster.libp2p.net.Wire;
import io.ecluster.libp2p.net.WireReader;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * The two ciphers of a finished handshake over its wire. Writes gather in one Noise message until
 * it is full or flushed; the buffers grow with the traffic.
 */
public final class SecureChannel implements FrameChannel {
  /** What fits into one message of 65535 bytes beside its tag. */
  public static final int MAX_PLAINTEXT_BYTES = 65535 - CipherState.TAG_BYTES;

  private static final int LENGTH_BYTES = 2;
  private static final int INITIAL_BYTES = 2 * 1024;
  private static final byte[] NOTHING = {};

  private final Wire wire;
  private final WireReader reader;
  private final CipherState sending;
  private final CipherState receiving;
  private final PeerId remotePeer;
  private final Optional<String> muxer;
  private byte[] plaintext = new byte[INITIAL_BYTES];
  private byte[] sealed = new byte[INITIAL_BYTES];
  private int gathered;

  SecureChannel(
      Wire wire,
      WireReader reader,
      CipherState sending,
      CipherState receiving,
      PeerId remotePeer,
      Optional<String> muxer) {
    this.wire = wire;
    this.reader = reader;
    this.sending = sending;
    this.receiving = receiving;
    this.remotePeer = remotePeer;
    this.muxer = muxer;
  }

  /** Who is at the other end: proven by the handshake. */
  public PeerId remotePeer() {
    return remotePeer;
  }

  /** The muxer agreed on inside the handshake; empty if it must be negotiated now. */
  public Optional<String> muxer() {
    return muxer;
  }

  @Override
  public byte[] read() throws IOException {
    int at = reader.require(LENGTH_BYTES);
    int length = (reader.array()[at] & 0xff) << 8 | (reader.array()[at + 1] & 0xff);
    at = reader.require(LENGTH_BYTES + length);
    byte[] plain = receiving.decrypt(NOTHING, reader.array(), at + LENGTH_BYTES, length);
    reader.consume(LENGTH_BYTES + length);
    return plain;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    while (at < offset + length) {
      int part = Math.min(offset + length - at, MAX_PLAINTEXT_BYTES - gathered);
      gather(bytes, at, part);
      at += part;
      if (gathered == MAX_PLAINTEXT_BYTES) {
        flush();
      }
    }
  }

  private void gather(byte[] bytes, int offset, int length) {
    plaintext = withRoom(plaintext, gathered + length, MAX_PLAINTEXT_BYTES);
    System.arraycopy(bytes, offset, plaintext, gathered, length);
    gathered += length;
  }

  @Override
  public void flush() throws IOException {
    if (gathered == 0) {
      return;
    }
    int whole = LENGTH_BYTES + gathered + CipherState.TAG_BYTES;
    sealed = withRoom(sealed, whole, LENGTH_BYTES + 65535);
    int length = sending.encrypt(NOTHING, plaintext, gathered, sealed, LENGTH_BYTES);
    sealed[0] = (byte) (length >>> 8);
    sealed[1] = (byte) length;
    gathered = 0;
    wire.write(sealed, 0, LENGTH_BYTES + length);
  }

  private static byte[] withRoom(byte[] buffer, int needed, int most) {
    return needed <= buffer.length
        ? buffer
        : Arrays.copyOf(buffer, Math.min(most, Math.max(needed, buffer.length * 2)));
  }

  @Override
  public void close() {
    wire.close();
  }
}
