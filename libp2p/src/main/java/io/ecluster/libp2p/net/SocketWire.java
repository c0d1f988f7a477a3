package io.ecluster.libp2p.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection in blocking mode.
 *
 * <p>Whoever writes to a stream may be interrupted: a cancelled call, a loop that stops. A channel
 * closes when a thread that uses it is interrupted, and here that would cost every other user of
 * the connection theirs. So writing is done by a thread that nobody else knows; it ends when there
 * has been nothing to write for a while.
 */
public final class SocketWire implements Wire {
  private static final long IDLE_SECONDS = 30;

  private final SocketChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ByteBuffer pending;
  private @Nullable IOException failure;
  private boolean writing;

  public SocketWire(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return channel.read(ByteBuffer.wrap(into, offset, length));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      pending = ByteBuffer.wrap(bytes, offset, length);
      awaken();
      while (pending != null) {
        changed.awaitUninterruptibly();
      }
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaken() {
    if (writing) {
      changed.signalAll();
    } else {
      writing = true;
      Thread.ofVirtual().name("wire-write").start(this::writePending);
    }
  }

  private void writePending() {
    for (ByteBuffer next = take(); next != null; next = take()) {
      done(writeAll(next));
    }
  }

  /** Null when there has been nothing to do for long enough, or the channel is closed. */
  private @Nullable ByteBuffer take() {
    lock.lock();
    try {
      long left = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
      while (pending == null && left > 0 && channel.isOpen()) {
        left = changed.awaitNanos(left);
      }
      writing = pending != null;
      return pending;
    } catch (InterruptedException e) {
      writing = false;
      return null;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable IOException writeAll(ByteBuffer buffer) {
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      return null;
    } catch (ClosedChannelException e) {
      return new IOException("connection is closed", e);
    } catch (IOException e) {
      return e;
    }
  }

  private void done(@Nullable IOException result) {
    lock.lock();
    try {
      pending = null;
      failure = result;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is left to be done with a socket that does not even close.
    }
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
