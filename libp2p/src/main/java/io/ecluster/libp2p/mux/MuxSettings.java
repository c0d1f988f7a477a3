package io.ecluster.libp2p.mux;

import java.time.Duration;

/**
 * What a session allows a remote, and how it finds out that the remote is gone.
 *
 * @param maxInboundStreams open streams a remote may have; more are reset
 * @param maxWindowBytes how far a stream's receive window may grow
 * @param maxExtraWindowBytes by how much all windows of a session together may grow
 * @param maxBufferedBytes received and unread by us, of all streams of a session together
 * @param keepAlive how often the remote is pinged
 * @param pingTimeout how long it may take to answer, if nothing else comes from it either
 */
public record MuxSettings(
    int maxInboundStreams,
    int maxWindowBytes,
    int maxExtraWindowBytes,
    int maxBufferedBytes,
    Duration keepAlive,
    Duration pingTimeout) {
  /** What yamux grants every stream from the start. */
  public static final int INITIAL_WINDOW_BYTES = 256 * 1024;

  /** Go's intervals; room for a thousand calls at once and for a few fast transfers. */
  public static final MuxSettings STANDARD =
      new MuxSettings(
          4096,
          4 * 1024 * 1024,
          32 * 1024 * 1024,
          64 * 1024 * 1024,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10));

  public MuxSettings {
    if (maxInboundStreams < 1 || maxWindowBytes < INITIAL_WINDOW_BYTES) {
      throw new IllegalArgumentException("a session needs streams and their initial windows");
    }
    if (maxExtraWindowBytes < 0 || maxBufferedBytes < INITIAL_WINDOW_BYTES) {
      throw new IllegalArgumentException("a session must be able to buffer one stream's window");
    }
  }

  public MuxSettings withKeepAlive(Duration interval, Duration timeout) {
    return new MuxSettings(
        maxInboundStreams,
        maxWindowBytes,
        maxExtraWindowBytes,
        maxBufferedBytes,
        interval,
        timeout);
  }
}
