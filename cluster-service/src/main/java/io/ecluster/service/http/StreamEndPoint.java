package io.ecluster.service.http;

import io.ecluster.libp2p.Stream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A libp2p stream as Jetty sees a socket. Jetty asks to be told when there is something to read: a
 * virtual thread then waits for it, and runs what Jetty does with it. So nothing is read that was
 * not asked for, and the sender feels it. Writes block, on the thread of the request.
 */
final class StreamEndPoint extends AbstractEndPoint {
  private static final int PIECE_BYTES = 16 * 1024;

  private final Stream stream;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger writers = new AtomicInteger();

  /** What was read and not yet taken; empty bytes at the end of the stream. */
  private final AtomicReference<@Nullable ByteBuffer> piece = new AtomicReference<>();

  private volatile boolean ended;

  StreamEndPoint(Scheduler scheduler, Stream stream) {
    super(scheduler);
    this.stream = stream;
  }

  void awaitClosed() throws InterruptedIOException {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return InetSocketAddress.createUnresolved("libp2p", 0);
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return InetSocketAddress.createUnresolved(stream.remotePeer().toString(), 0);
  }

  @Override
  public Object getTransport() {
    return stream;
  }

  @Override
  protected void needsFillInterest() {
    Thread.ofVirtual().name("libp2p-http").start(this::receive);
  }

  private void receive() {
    try {
      if (!ended && piece.get() == null) {
        byte[] bytes = new byte[PIECE_BYTES];
        int got = stream.input().read(bytes);
        ended = got < 0;
        piece.set(ByteBuffer.wrap(bytes, 0, Math.max(0, got)));
      }
      getFillInterest().fillable();
    } catch (IOException e) {
      getFillInterest().onFail(e);
    }
  }

  /** Gives what is there; −1 at the end. */
  @Override
  public int fill(ByteBuffer into) {
    notIdle();
    ByteBuffer from = piece.get();
    if (from == null || !from.hasRemaining()) {
      piece.set(null);
      return ended ? -1 : 0;
    }
    int position = BufferUtil.flipToFill(into);
    int taken = BufferUtil.put(from, into);
    BufferUtil.flipToFlush(into, position);
    if (!from.hasRemaining()) {
      piece.set(null);
    }
    return taken;
  }

  @Override
  public boolean flush(ByteBuffer... buffers) throws IOException {
    writers.incrementAndGet();
    try {
      for (ByteBuffer buffer : buffers) {
        send(buffer);
      }
    } catch (IOException e) {
      throw new EofException(e);
    } finally {
      writers.decrementAndGet();
      notIdle();
    }
    return true;
  }

  private void send(ByteBuffer buffer) throws IOException {
    if (buffer.hasRemaining()) {
      byte[] bytes = BufferUtil.toArray(buffer);
      stream.output().write(bytes);
      BufferUtil.clear(buffer);
    }
  }

  @Override
  protected void onIncompleteFlush() {
    throw new IllegalStateException("a flush takes everything");
  }

  @Override
  protected void doShutdownOutput() {
    try {
      stream.closeWrite();
    } catch (IOException e) {
      stream.reset();
    }
  }

  /** Somebody who still writes would wait for ever. */
  @Override
  protected void doClose() {
    try {
      if (writers.get() > 0) {
        stream.reset();
      } else {
        stream.close();
      }
    } catch (IOException e) {
      stream.reset();
    } finally {
      closed.countDown();
    }
  }
}
