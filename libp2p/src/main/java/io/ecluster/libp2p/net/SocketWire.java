package io.ecluster.libp2p.net;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
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
 * the connection theirs. So bytes are left in a buffer for a thread that nobody else knows. While
 * it writes one buffer the other fills: the next message is enciphered meanwhile, and small ones
 * leave together.
 */
public final class SocketWire implements Wire {
  /** Two full Noise messages may wait behind those being written. */
  private static final int MAX_WAITING_BYTES = 2 * (2 + 65535);

  private static final int INITIAL_BYTES = 2 * 1024;

  /** What was written just before the end still goes, if the remote takes it at once. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final SocketChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Condition drained = lock.newCondition();
  private ByteBuffer filling = ByteBuffer.allocate(INITIAL_BYTES);
  private ByteBuffer draining = ByteBuffer.allocate(INITIAL_BYTES);
  private boolean started;
  private boolean writing;
  private boolean closed;
  private @Nullable IOException failure;

  public SocketWire(SocketChannel channel) throws IOException {
    this.channel = channel;
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    return channel.read(ByteBuffer.wrap(into, offset, length));
  }

  /** Blocks while too much waits; a failure to send is told to the next writer. */
  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      while (isUsable()
          && filling.position() > 0
          && filling.position() + length > MAX_WAITING_BYTES) {
        drained.awaitUninterruptibly();
      }
      requireUsable();
      append(bytes, offset, length);
      filled.signal();
      start();
    } finally {
      lock.unlock();
    }
  }

  private boolean isUsable() {
    return failure == null && !closed;
  }

  private void requireUsable() throws IOException {
    if (failure != null) {
      throw new IOException(failure.getMessage(), failure);
    }
    if (closed) {
      throw new IOException("connection is closed");
    }
  }

  private void append(byte[] bytes, int offset, int length) {
    if (filling.remaining() < length) {
      int needed = filling.position() + length;
      int size = Math.max(needed, Math.min(2 * filling.capacity(), MAX_WAITING_BYTES));
      filling = ByteBuffer.allocate(size).put(filling.flip());
    }
    filling.put(bytes, offset, length);
  }

  private void start() {
    if (!started) {
      started = true;
      Thread.ofVirtual().name("libp2p-write").start(this::drain);
    }
  }

  private void drain() {
    try {
      for (ByteBuffer next = next(); next != null; next = next()) {
        while (next.hasRemaining()) {
          channel.write(next);
        }
      }
    } catch (IOException e) {
      end(e);
    } catch (InterruptedException e) {
      end(new IOException("interrupted", e));
    }
  }

  /** The bytes to write now; null after the end. */
  private @Nullable ByteBuffer next() throws InterruptedException {
    lock.lock();
    try {
      writing = false;
      drained.signalAll();
      while (filling.position() == 0 && isUsable()) {
        filled.await();
      }
      if (closed) {
        return null;
      }
      ByteBuffer full = filling.flip();
      filling = draining.clear();
      draining = full;
      writing = true;
      drained.signalAll();
      return full;
    } finally {
      lock.unlock();
    }
  }

  private void end(IOException reason) {
    lock.lock();
    try {
      failure = reason;
      writing = false;
      filled.signalAll();
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    linger();
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is left to be done with a socket that does not even close.
    }
  }

  private void linger() {
    lock.lock();
    try {
      long left = LINGER_NANOS;
      while (isUsable() && (writing || filling.position() > 0) && left > 0) {
        left = drained.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closed = true;
      filled.signalAll();
      drained.signalAll();
      lock.unlock();
    }
  }
}
