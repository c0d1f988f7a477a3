package io.ecluster.libp2p;

import io.ecluster.libp2p.multistream.Multistream;
import io.ecluster.libp2p.mux.YamuxStream;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A muxed stream that speaks a protocol. On a stream that we open the negotiation is lazy: our
 * proposal leaves with the first bytes written, and the answer is read before the first bytes.
 */
final class NegotiatedStream implements Stream {
  /** First writes up to this size leave in one piece with the proposal. */
  private static final int MAX_JOINED_BYTES = 32 * 1024;

  private static final int TRANSFER_BYTES = 64 * 1024;

  private final YamuxStream muxed;
  private final PeerId remotePeer;
  private final String protocol;
  private final TrafficMeter.Counter counter;
  private final ReentrantLock lock = new ReentrantLock();
  private byte @Nullable [] hello;
  private boolean awaitsAnswer;

  private NegotiatedStream(
      YamuxStream muxed,
      PeerId remotePeer,
      String protocol,
      TrafficMeter.Counter counter,
      byte @Nullable [] hello) {
    this.muxed = muxed;
    this.remotePeer = remotePeer;
    this.protocol = protocol;
    this.counter = counter;
    this.hello = hello;
    this.awaitsAnswer = hello != null;
  }

  /** A stream we opened, for a protocol the peer is known to speak. */
  static NegotiatedStream lazy(
      YamuxStream muxed, PeerId peer, String protocol, TrafficMeter.Counter counter) {
    return new NegotiatedStream(muxed, peer, protocol, counter, Multistream.hello(protocol));
  }

  /** A stream whose protocol has been agreed on. */
  static NegotiatedStream agreed(
      YamuxStream muxed, PeerId peer, String protocol, TrafficMeter.Counter counter) {
    return new NegotiatedStream(muxed, peer, protocol, counter, null);
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
    InputStream in = muxed.input();
    return new InputStream() {
      @Override
      public int read() throws IOException {
        settle(in);
        int value = in.read();
        counter.received(value < 0 ? 0 : 1);
        return value;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        settle(in);
        int count = in.read(into, offset, length);
        counter.received(Math.max(0, count));
        return count;
      }

      // In larger pieces than usual: each write of them is a frame.
      @Override
      public long transferTo(OutputStream out) throws IOException {
        byte[] buffer = new byte[TRANSFER_BYTES];
        long all = 0;
        for (int got = read(buffer); got >= 0; got = read(buffer)) {
          out.write(buffer, 0, got);
          all += got;
        }
        return all;
      }

      @Override
      public int available() throws IOException {
        return awaitsAnswer ? 0 : in.available();
      }
    };
  }

  /** Before the first read: the proposal must have left and its answer be read. */
  private void settle(InputStream in) throws IOException {
    if (!awaitsAnswer) {
      return;
    }
    sendHello(new byte[0], 0, 0);
    try {
      Multistream.readAnswer(in, protocol);
    } catch (IOException e) {
      muxed.reset();
      throw e;
    }
    awaitsAnswer = false;
  }

  @Override
  public OutputStream output() {
    OutputStream out = muxed.output();
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!sendHello(bytes, offset, length)) {
          out.write(bytes, offset, length);
        }
        counter.sent(length);
      }
    };
  }

  /** Sends the proposal if it has not left yet, with these bytes behind; true if they went. */
  private boolean sendHello(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      byte[] proposal = hello;
      if (proposal == null) {
        return false;
      }
      hello = null;
      boolean joined = length <= MAX_JOINED_BYTES;
      byte[] first = joined ? Arrays.copyOf(proposal, proposal.length + length) : proposal;
      if (joined) {
        System.arraycopy(bytes, offset, first, proposal.length, length);
      }
      muxed.output().write(first);
      return joined;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void closeWrite() throws IOException {
    sendHello(new byte[0], 0, 0);
    muxed.closeWrite();
  }

  @Override
  public void setReadTimeout(Duration timeout) {
    muxed.setReadTimeout(timeout);
  }

  @Override
  public void reset() {
    muxed.reset();
  }

  @Override
  public void close() throws IOException {
    try {
      sendHello(new byte[0], 0, 0);
    } finally {
      muxed.close();
    }
  }

  @Override
  public String toString() {
    return protocol + " with " + remotePeer;
  }
}
