package io.ecluster.libp2p.mux;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a session. Its lock guards its state and is never held while the socket is written.
 * Any thread may read, write, reset or close; reads among themselves and writes among themselves
 * need one owner, as with any stream of bytes.
 */
public final class YamuxStream {
  /** With its header it just fits one Noise message; Go sends a little more. */
  static final int MAX_DATA_BYTES = 65519 - Frame.HEADER_BYTES;

  /** How much is still taken and dropped after we gave up reading, before the stream is reset. */
  private static final int MAX_DROPPED_BYTES = 4 * 1024 * 1024;

  /** Half a window in this time is fast, also when a busy machine answers later than its pings. */
  private static final long FAST_NANOS = 20_000_000;

  private final YamuxSession session;
  private final int id;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition readable = lock.newCondition();
  private final Condition writable = lock.newCondition();

  private final ReceiveBuffer received = new ReceiveBuffer();
  private int windowTarget = MuxSettings.INITIAL_WINDOW_BYTES;
  private int receiveWindow = MuxSettings.INITIAL_WINDOW_BYTES;
  private long lastGrantNanos;
  private boolean remoteEnded;
  private boolean readAbandoned;
  private int dropped;
  private Duration readTimeout = Duration.ZERO;

  private long sendWindow = MuxSettings.INITIAL_WINDOW_BYTES;
  private boolean announced;
  private boolean writeEnded;
  private boolean acknowledged;

  private @Nullable IOException failure;

  YamuxStream(YamuxSession session, int id, boolean announced) {
    this.session = session;
    this.id = id;
    this.announced = announced;
    this.lastGrantNanos = System.nanoTime();
  }

  int id() {
    return id;
  }

  public InputStream input() {
    return new Input();
  }

  public OutputStream output() {
    return new Output();
  }

  /** Zero waits for ever. */
  public void setReadTimeout(Duration timeout) {
    lock.lock();
    try {
      readTimeout = timeout;
    } finally {
      lock.unlock();
    }
  }

  // ---- reading

  private int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count;
    int grant;
    lock.lock();
    try {
      if (!awaitData()) {
        return -1;
      }
      count = received.take(into, offset, length);
      grant = dueGrant();
    } finally {
      lock.unlock();
    }
    session.released(count);
    if (grant > 0) {
      grant(grant);
    }
    return count;
  }

  private void grant(int bytes) {
    try {
      session.writer().send(new Frame(Frame.WINDOW_UPDATE, 0, id, bytes));
    } catch (IOException e) {
      // The connection is lost, which its reader reports; what was received is still good.
    }
  }

  /** False at the end of the stream. What came before a lost connection can still be read. */
  private boolean awaitData() throws IOException {
    long start = System.nanoTime();
    try {
      while (received.size() == 0) {
        if (isAtEnd()) {
          return false;
        }
        if (readTimeout.isZero()) {
          readable.await();
        } else {
          var _ = readable.awaitNanos(timeLeft(start));
        }
      }
      return true;
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private boolean isAtEnd() throws IOException {
    if (readAbandoned) {
      throw new IOException("stream is closed");
    }
    if (remoteEnded && !(failure instanceof StreamResetException)) {
      return true;
    }
    if (failure != null) {
      throw again(failure);
    }
    return false;
  }

  private long timeLeft(long start) throws SocketTimeoutException {
    long left = readTimeout.toNanos() - (System.nanoTime() - start);
    if (left <= 0) {
      throw new SocketTimeoutException("nothing to read for " + readTimeout);
    }
    return left;
  }

  private static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IOException("interrupted", cause);
  }

  /**
   * Once half of the window is free again, the remote is granted it. If that half went by within a
   * few round trips, the window was the limit and is doubled.
   */
  private int dueGrant() {
    int free = windowTarget - received.size() - receiveWindow;
    if (free < windowTarget / 2 || remoteEnded || failure != null) {
      return 0;
    }
    long now = System.nanoTime();
    if (now - lastGrantNanos < Math.max(4 * session.roundTripNanos(), FAST_NANOS)) {
      int extra = session.growWindow(windowTarget);
      windowTarget += extra;
      free += extra;
    }
    lastGrantNanos = now;
    receiveWindow += free;
    return free;
  }

  /** Called by the session's reader with a part of a data frame; the window was checked before. */
  void accept(byte[] bytes, int offset, int length) throws IOException {
    int grant = 0;
    boolean tooMuch = false;
    lock.lock();
    try {
      if (failure != null) {
        return;
      }
      if (readAbandoned) {
        dropped += length;
        tooMuch = dropped > MAX_DROPPED_BYTES;
        grant = dueGrant();
      } else if (!session.reserve(length)) {
        tooMuch = true;
      } else {
        received.add(bytes, offset, length);
        readable.signal();
      }
    } finally {
      lock.unlock();
    }
    if (tooMuch) {
      reset();
    } else if (grant > 0) {
      session.writer().answer(new Frame(Frame.WINDOW_UPDATE, 0, id, grant));
    }
  }

  /** Takes a data frame's length off what the remote may send. */
  void charge(long length) throws YamuxException {
    lock.lock();
    try {
      if (length > receiveWindow) {
        throw YamuxException.violation(
            "stream got " + length + " bytes with a window of " + receiveWindow);
      }
      receiveWindow -= (int) length;
    } finally {
      lock.unlock();
    }
  }

  void remoteEnded() {
    lock.lock();
    try {
      remoteEnded = true;
      readable.signalAll();
    } finally {
      lock.unlock();
    }
    forgetWhenDone();
  }

  // ---- writing

  private void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    while (at < offset + length) {
      int part;
      boolean opening;
      lock.lock();
      try {
        part = awaitWindow(offset + length - at);
        sendWindow -= part;
        opening = !announced;
        announced = true;
      } finally {
        lock.unlock();
      }
      session.writer().sendData(id, opening, bytes, at, part);
      at += part;
      if (opening) {
        resetIfWeGaveUp();
      }
    }
  }

  /** A reset may have left before the frame that opened the stream, and been in vain. */
  private void resetIfWeGaveUp() {
    lock.lock();
    try {
      if (!(failure instanceof StreamResetException)) {
        return;
      }
    } finally {
      lock.unlock();
    }
    session.sendReset(id);
  }

  private int awaitWindow(int wanted) throws IOException {
    try {
      requireWritable();
      while (sendWindow <= 0) {
        writable.await();
        requireWritable();
      }
      return (int) Math.min(Math.min(sendWindow, wanted), MAX_DATA_BYTES);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private void requireWritable() throws IOException {
    if (failure != null) {
      throw again(failure);
    }
    if (writeEnded) {
      throw new IOException("stream is closed for writing");
    }
  }

  void windowGrew(long delta) {
    lock.lock();
    try {
      sendWindow = Math.min(sendWindow + delta, Integer.MAX_VALUE);
      writable.signalAll();
    } finally {
      lock.unlock();
    }
  }

  // ---- opening and ending

  /** True the first time. */
  boolean acknowledge() {
    lock.lock();
    try {
      boolean first = !acknowledged;
      acknowledged = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** Half-closes: the remote reads the end, we can still read. */
  public void closeWrite() throws IOException {
    int flags = Frame.FIN;
    lock.lock();
    try {
      if (failure != null || writeEnded) {
        return;
      }
      writeEnded = true;
      writable.signalAll();
      flags |= announced ? 0 : Frame.SYN;
      announced = true;
    } finally {
      lock.unlock();
    }
    session.writer().send(new Frame(Frame.WINDOW_UPDATE, flags, id, 0));
    forgetWhenDone();
  }

  /** Half-closes and gives up reading; the remote may finish what it is writing. */
  public void close() throws IOException {
    int freed;
    lock.lock();
    try {
      readAbandoned = true;
      freed = received.clear();
      readable.signalAll();
    } finally {
      lock.unlock();
    }
    session.released(freed);
    session.closing(this);
    closeWrite();
  }

  /** Ends the stream at once in both directions. */
  public void reset() {
    boolean tell;
    lock.lock();
    try {
      tell = failure == null && announced && !(writeEnded && remoteEnded);
    } finally {
      lock.unlock();
    }
    fail(new StreamResetException("stream was reset by us", 0));
    if (tell) {
      session.sendReset(id);
    }
  }

  /** Both directions fail from now on. A reset also drops what was received and not read. */
  void fail(IOException reason) {
    int freed;
    lock.lock();
    try {
      if (failure != null) {
        return;
      }
      failure = reason;
      freed = reason instanceof StreamResetException ? received.clear() : 0;
      readable.signalAll();
      writable.signalAll();
    } finally {
      lock.unlock();
    }
    session.released(freed);
    session.forget(this, windowTarget);
  }

  private void forgetWhenDone() {
    lock.lock();
    try {
      if (!remoteEnded || !writeEnded || failure != null) {
        return;
      }
    } finally {
      lock.unlock();
    }
    session.forget(this, windowTarget);
  }

  /** The same failure for another caller, with the caller's own stack. */
  private static IOException again(IOException failure) {
    return failure instanceof StreamResetException reset
        ? new StreamResetException(String.valueOf(reset.getMessage()), reset.code())
        : new IOException(failure.getMessage(), failure);
  }

  boolean isClosedByUs() {
    lock.lock();
    try {
      return readAbandoned && writeEnded;
    } finally {
      lock.unlock();
    }
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return YamuxStream.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, into.length);
      return YamuxStream.this.read(into, offset, length);
    }

    @Override
    public int available() {
      lock.lock();
      try {
        return received.size();
      } finally {
        lock.unlock();
      }
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      YamuxStream.this.write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      YamuxStream.this.write(bytes, offset, length);
    }
  }
}
