package io.ecluster.ipfs.bitswap;

import io.ecluster.libp2p.Stream;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Varint;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads length-prefixed messages from a stream. Between messages it waits for ever; memory for one
 * is taken only as its bytes arrive.
 */
final class Frames {
  /** Within a message the sender must keep sending. */
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(30);

  private static final int FIRST_BYTES = 64 * 1024;

  private final Stream stream;
  private final InputStream in;
  private final Runnable onProgress;

  /**
   * @param onProgress called now and then while a message that is large enough to carry blocks
   *     arrives
   */
  Frames(Stream stream, Runnable onProgress) {
    this.stream = stream;
    this.in = new BufferedInputStream(stream.input(), FIRST_BYTES);
    this.onProgress = onProgress;
  }

  /**
   * The length of the next message; empty at the end of the stream.
   *
   * @throws FormatException if it is longer than bitswap allows
   */
  OptionalInt length() throws IOException {
    stream.setReadTimeout(Duration.ZERO);
    Optional<Long> length = varint();
    if (length.isEmpty()) {
      return OptionalInt.empty();
    }
    if (length.get() > MessageReader.MAX_MESSAGE_BYTES) {
      throw new FormatException(
          "bitswap message of "
              + length.get()
              + " bytes; at most "
              + MessageReader.MAX_MESSAGE_BYTES
              + " are accepted");
    }
    return OptionalInt.of(length.get().intValue());
  }

  private Optional<Long> varint() throws IOException {
    try {
      return Optional.of(Varint.read(in));
    } catch (EOFException e) {
      return Optional.empty();
    }
  }

  /** The bytes of the message whose length has been read. */
  byte[] body(int length) throws IOException {
    stream.setReadTimeout(BODY_TIMEOUT);
    byte[] body = new byte[Math.min(length, FIRST_BYTES)];
    int at = 0;
    while (at < length) {
      if (at == body.length) {
        body = Arrays.copyOf(body, Math.min(length, body.length * 4));
        onProgress.run();
      }
      int count = in.read(body, at, body.length - at);
      if (count < 0) {
        throw new EOFException("stream ended inside a bitswap message");
      }
      at += count;
    }
    return body;
  }
}
