package io.ecluster.libp2p.mux;

import io.ecluster.libp2p.net.FrameChannel;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One multiplexed connection. Owned by a reader thread, which never blocks on anything but the
 * socket; a second thread sends its answers, a third pings. When any of them fails the session is
 * over: the socket closes, every stream fails, and {@code onClose} runs once.
 */
public final class YamuxSession implements AutoCloseable {
  /** Streams the remote has not acknowledged yet; Go blocks here too. */
  private static final int MAX_UNACKNOWLEDGED = 256;

  /** Longer than the largest window anybody grants: such a frame is an attack. */
  private static final long MAX_FRAME_BYTES = 64L * 1024 * 1024;

  /** A remote that only talks and never answers does not read what we send. */
  private static final int MAX_UNANSWERED_PINGS = 4;

  /** How long a stream that we closed may stay half open before it is reset. */
  private static final long CLOSE_TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Until it is measured: a round trip within a data centre. */
  private static final long ASSUMED_ROUND_TRIP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final FrameChannel channel;
  private final FrameReader reader;
  private final FrameWriter writer;
  private final MuxSettings settings;
  private final Consumer<YamuxStream> acceptor;
  private final Consumer<IOException> onClose;
  private final boolean dialer;
  private final Map<Integer, YamuxStream> streams = new ConcurrentHashMap<>();
  private final Map<YamuxStream, Long> closing = new ConcurrentHashMap<>();
  private final Map<Integer, CompletableFuture<Long>> pings = new ConcurrentHashMap<>();
  private final Semaphore unacknowledged = new Semaphore(MAX_UNACKNOWLEDGED);
  private final AtomicInteger nextId;
  private final AtomicInteger nextPing = new AtomicInteger();
  private final AtomicInteger inbound = new AtomicInteger();
  private final ReceiveBudget.Share received;
  private final AtomicLong extraWindow = new AtomicLong();
  private final AtomicReference<@Nullable IOException> end = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile long roundTripNanos = ASSUMED_ROUND_TRIP_NANOS;
  private volatile long lastHeardNanos = System.nanoTime();
  private volatile boolean goneAway;

  /** A session that shares its budget with no other. */
  public YamuxSession(
      FrameChannel channel,
      boolean dialer,
      MuxSettings settings,
      Consumer<YamuxStream> acceptor,
      Consumer<IOException> onClose) {
    this(channel, dialer, settings, new ReceiveBudget(Long.MAX_VALUE), acceptor, onClose);
  }

  /**
   * @param budget of all sessions of the host
   * @param acceptor gets every inbound stream; must not block
   * @param onClose runs once, on any thread, after all streams have failed
   */
  public YamuxSession(
      FrameChannel channel,
      boolean dialer,
      MuxSettings settings,
      ReceiveBudget budget,
      Consumer<YamuxStream> acceptor,
      Consumer<IOException> onClose) {
    this.received = budget.new Share(settings.maxBufferedBytes());
    this.channel = channel;
    this.reader = new FrameReader(channel);
    this.writer = new FrameWriter(channel);
    this.dialer = dialer;
    this.settings = settings;
    this.acceptor = acceptor;
    this.onClose = onClose;
    this.nextId = new AtomicInteger(dialer ? 1 : 2);
  }

  /** Starts the threads; {@code name} appears in theirs. */
  public void start(String name) {
    Thread.ofVirtual().name("yamux-read-" + name).start(() -> run(this::readFrames));
    Thread.ofVirtual().name("yamux-answer-" + name).start(() -> run(this::sendAnswers));
    Thread.ofVirtual().name("yamux-ping-" + name).start(() -> run(this::keepAlive));
  }

  private interface Loop {
    void run() throws IOException, InterruptedException;
  }

  private void run(Loop loop) {
    try {
      loop.run();
    } catch (IOException e) {
      fail(e);
    } catch (InterruptedException e) {
      fail(new YamuxException("interrupted", e));
    } catch (RuntimeException e) {
      fail(new YamuxException("session failed: " + e, e));
    }
  }

  // ---- outbound

  /**
   * Opens a stream; the remote learns of it with the first write.
   *
   * @throws IOException if the session is over or too many streams wait for the remote's answer
   */
  public YamuxStream open(Duration timeout) throws IOException {
    requireOpen();
    awaitBacklog(timeout);
    int id = nextId.getAndAdd(2);
    if (id < 0) {
      throw new YamuxException("stream numbers are used up");
    }
    YamuxStream stream = new YamuxStream(this, id, false);
    enter(stream);
    requireOpen();
    return stream;
  }

  /** The session may end at the same time: then nobody else would tell the stream. */
  private void enter(YamuxStream stream) {
    streams.put(stream.id(), stream);
    IOException over = end.get();
    if (over != null) {
      stream.fail(over);
    }
  }

  private void awaitBacklog(Duration timeout) throws IOException {
    try {
      if (!unacknowledged.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new SocketTimeoutException(
            "remote has not acknowledged " + MAX_UNACKNOWLEDGED + " streams for " + timeout);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void requireOpen() throws YamuxException {
    IOException over = end.get();
    if (over != null) {
      throw new YamuxException("connection is closed: " + over.getMessage(), over);
    }
    if (goneAway) {
      throw new YamuxException("remote takes no more streams");
    }
  }

  /**
   * Measures a round trip.
   *
   * @throws SocketTimeoutException if no answer comes in time
   */
  public Duration ping(Duration timeout) throws IOException {
    int id = nextPing.getAndIncrement();
    CompletableFuture<Long> answer = new CompletableFuture<>();
    pings.put(id, answer);
    long start = System.nanoTime();
    try {
      requireOpen();
      writer.answer(new Frame(Frame.PING, Frame.SYN, 0, id));
      long arrived = answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      roundTripNanos = Math.max(1, arrived - start);
      return Duration.ofNanos(roundTripNanos);
    } catch (TimeoutException e) {
      throw new SocketTimeoutException("no answer to a ping for " + timeout);
    } catch (ExecutionException e) {
      throw new YamuxException("connection closed during a ping", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      pings.remove(id);
    }
  }

  // ---- the three threads

  private void readFrames() throws IOException {
    while (true) {
      Frame frame = reader.next();
      lastHeardNanos = System.nanoTime();
      switch (frame.type()) {
        case Frame.DATA, Frame.WINDOW_UPDATE -> streamFrame(frame);
        case Frame.PING -> pingFrame(frame);
        default -> goAwayFrame(frame);
      }
    }
  }

  private void sendAnswers() throws IOException, InterruptedException {
    writer.sendAnswers();
  }

  /** A session whose remote neither answers a ping nor sends anything else is over. */
  private void keepAlive() throws IOException, InterruptedException {
    int unanswered = 0;
    while (end.get() == null) {
      long asked = System.nanoTime();
      try {
        ping(settings.pingTimeout());
        unanswered = 0;
      } catch (SocketTimeoutException e) {
        unanswered++;
        if (lastHeardNanos - asked < 0 || unanswered == MAX_UNANSWERED_PINGS) {
          throw new YamuxException("remote does not answer", e);
        }
      }
      resetLingering();
      if (ended.await(settings.keepAlive().toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
    }
  }

  private void resetLingering() {
    long now = System.nanoTime();
    closing.forEach((stream, since) -> {
      if (now - since > CLOSE_TIMEOUT_NANOS) {
        stream.reset();
      }
    });
  }

  // ---- inbound frames

  private void pingFrame(Frame frame) throws IOException {
    if (frame.has(Frame.SYN)) {
      writer.answer(new Frame(Frame.PING, Frame.ACK, 0, frame.length()));
      return;
    }
    CompletableFuture<Long> waiting = pings.remove(frame.length());
    if (waiting != null) {
      waiting.complete(System.nanoTime());
    }
  }

  private void goAwayFrame(Frame frame) throws IOException {
    goneAway = true;
    if (frame.length() != Frame.NORMAL) {
      throw new YamuxException("remote gave up with code " + frame.unsignedLength());
    }
  }

  private void streamFrame(Frame frame) throws IOException {
    YamuxStream stream =
        frame.has(Frame.SYN) ? incoming(frame.stream()) : streams.get(frame.stream());
    if (frame.type() == Frame.DATA) {
      data(frame, stream);
    }
    if (stream != null) {
      control(frame, stream);
    }
  }

  private void data(Frame frame, @Nullable YamuxStream stream) throws IOException {
    if (frame.unsignedLength() > MAX_FRAME_BYTES) {
      throw YamuxException.violation("data frame of " + frame.unsignedLength() + " bytes");
    }
    if (stream == null) {
      // Data that was under way when the stream ended.
      reader.payload(frame.length(), (bytes, offset, length) -> {});
      return;
    }
    stream.charge(frame.length());
    reader.payload(frame.length(), stream::accept);
  }

  private void control(Frame frame, YamuxStream stream) {
    if (frame.has(Frame.ACK) && stream.acknowledge()) {
      unacknowledged.release();
    }
    if (frame.has(Frame.RST)) {
      int code = frame.type() == Frame.WINDOW_UPDATE ? frame.length() : 0;
      stream.fail(new StreamResetException("stream was reset by the remote", code));
      return;
    }
    if (frame.type() == Frame.WINDOW_UPDATE) {
      stream.windowGrew(frame.unsignedLength());
    }
    if (frame.has(Frame.FIN)) {
      stream.remoteEnded();
    }
  }

  /** Null if the stream is refused. */
  private @Nullable YamuxStream incoming(int id) throws IOException {
    boolean theirs = (id % 2 == 0) == dialer;
    if (!theirs || id == 0 || streams.containsKey(id)) {
      throw YamuxException.violation("remote opened a stream with number " + id);
    }
    if (inbound.get() >= settings.maxInboundStreams()) {
      writer.answer(new Frame(Frame.WINDOW_UPDATE, Frame.RST, id, 0));
      return null;
    }
    inbound.incrementAndGet();
    YamuxStream stream = new YamuxStream(this, id, true);
    stream.acknowledge();
    enter(stream);
    writer.answer(new Frame(Frame.WINDOW_UPDATE, Frame.ACK, id, 0));
    acceptor.accept(stream);
    return stream;
  }

  // ---- for streams

  FrameWriter writer() {
    return writer;
  }

  long roundTripNanos() {
    return roundTripNanos;
  }

  /** Books received bytes; false if the session holds too many. */
  boolean reserve(int bytes) {
    return received.reserve(bytes);
  }

  void released(int bytes) {
    received.release(bytes);
  }

  /** By how much a window of this size may grow now. */
  int growWindow(int current) {
    int extra = Math.min(current, settings.maxWindowBytes() - current);
    if (extra <= 0) {
      return 0;
    }
    if (extraWindow.addAndGet(extra) > settings.maxExtraWindowBytes()) {
      extraWindow.addAndGet(-extra);
      return 0;
    }
    return extra;
  }

  void closing(YamuxStream stream) {
    closing.put(stream, System.nanoTime());
    if (streams.get(stream.id()) != stream) {
      closing.remove(stream);
    }
  }

  void sendReset(int id) {
    try {
      writer.answer(new Frame(Frame.WINDOW_UPDATE, Frame.RST, id, 0));
    } catch (YamuxException e) {
      fail(e);
    }
  }

  /** A stream is over in both directions; called at least once for each. */
  void forget(YamuxStream stream, int window) {
    closing.remove(stream);
    if (streams.remove(stream.id(), stream)) {
      extraWindow.addAndGet(MuxSettings.INITIAL_WINDOW_BYTES - window);
      if (isOurs(stream.id())) {
        if (stream.acknowledge()) {
          unacknowledged.release();
        }
      } else {
        inbound.decrementAndGet();
      }
    }
  }

  private boolean isOurs(int id) {
    return (id % 2 == 1) == dialer;
  }

  // ---- the end

  public boolean isOpen() {
    return end.get() == null;
  }

  /** How many streams are open in either direction. */
  public int streamCount() {
    return streams.size();
  }

  @Override
  public void close() {
    fail(new YamuxException("connection was closed by us"));
  }

  private void fail(IOException reason) {
    if (!end.compareAndSet(null, reason)) {
      return;
    }
    channel.close();
    ended.countDown();
    IOException told =
        reason instanceof EOFException
            ? new YamuxException("connection was closed by the remote", reason)
            : reason;
    pings.values().forEach(ping -> ping.completeExceptionally(told));
    List.copyOf(streams.values()).forEach(stream -> stream.fail(told));
    received.close();
    writer.stop();
    onClose.accept(told);
  }
}
