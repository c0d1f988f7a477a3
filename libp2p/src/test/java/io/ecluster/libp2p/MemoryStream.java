package io.ecluster.libp2p;

import io.ecluster.multiformats.PeerId;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** One end of a fake stream. */
final class MemoryStream implements Stream {
  private final PeerId remotePeer;
  private final String protocol;
  private final MemoryPipe incoming;
  private final MemoryPipe outgoing;

  MemoryStream(PeerId remotePeer, String protocol, MemoryPipe incoming, MemoryPipe outgoing) {
    this.remotePeer = remotePeer;
    this.protocol = protocol;
    this.incoming = incoming;
    this.outgoing = outgoing;
  }

  @Override
  public PeerId remotePeer() {
    return remotePeer;
  }

  @Override
  public String protocol() {
    return protocol;
  }

  @Override
  public InputStream input() {
    return incoming.input();
  }

  @Override
  public OutputStream output() {
    return outgoing.output();
  }

  @Override
  public void closeWrite() {
    outgoing.end();
  }

  @Override
  public void setReadTimeout(Duration timeout) {
    incoming.setReadTimeout(timeout);
  }

  @Override
  public void reset() {
    fail("stream was reset");
  }

  void fail(String reason) {
    incoming.fail(reason);
    outgoing.fail(reason);
  }

  @Override
  public void close() {
    outgoing.end();
    incoming.abandon();
  }
}
