package io.ecluster.libp2p;

import io.ecluster.multiformats.PeerId;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** A two-way byte stream to a peer, inside a shared connection. */
public interface Stream extends Closeable {
  PeerId remotePeer();

  String protocol();

  /** Ends at the remote's half-close; a reset or a lost connection is an {@link IOException}. */
  InputStream input();

  /** Blocks while the remote's window is closed. Writes are sent as they come; batch small ones. */
  OutputStream output();

  /** Half-closes: the remote reads end of stream, we can still read. */
  void closeWrite() throws IOException;

  /**
   * Fails reads that wait longer than this with {@link java.net.SocketTimeoutException}; zero waits
   * for ever.
   */
  void setReadTimeout(Duration timeout);

  /** Ends the stream at once in both directions. */
  void reset();

  /** Half-closes and gives up reading. */
  @Override
  void close() throws IOException;
}
