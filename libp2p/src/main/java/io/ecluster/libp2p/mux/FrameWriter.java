package io.ecluster.libp2p.mux;

import io.ecluster.libp2p.net.FrameChannel;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends frames for all threads of a session. Who writes holds the lock and may block on the socket;
 * who reads must never block, so what it has to say goes through a queue with a thread of its own.
 */
final class FrameWriter {
  /** Answers that wait for the socket. Only a remote that sends without reading could fill this. */
  private static final int MAX_QUEUED_ANSWERS = 16 * 1024;

  private static final Frame STOP = new Frame(Frame.GO_AWAY, 0, 0, 0);

  private final FrameChannel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] header = new byte[Frame.HEADER_BYTES];
  private final BlockingQueue<Frame> answers = new LinkedBlockingQueue<>(MAX_QUEUED_ANSWERS);

  FrameWriter(FrameChannel channel) {
    this.channel = channel;
  }

  /** Sends a frame without payload. */
  void send(Frame frame) throws IOException {
    lock.lock();
    try {
      append(frame);
      flushUnlessOthersFollow();
    } finally {
      lock.unlock();
    }
  }

  /** Sends data, behind the frame that opens the stream if that is due. */
  void sendData(int stream, boolean opening, byte[] bytes, int offset, int length)
      throws IOException {
    lock.lock();
    try {
      if (opening) {
        append(new Frame(Frame.WINDOW_UPDATE, Frame.SYN, stream, 0));
      }
      append(new Frame(Frame.DATA, 0, stream, length));
      channel.write(bytes, offset, length);
      flushUnlessOthersFollow();
    } finally {
      lock.unlock();
    }
  }

  private void append(Frame frame) throws IOException {
    frame.put(header);
    channel.write(header, 0, header.length);
  }

  /** Whoever waits for the lock will append more: the last of them flushes for all. */
  private void flushUnlessOthersFollow() throws IOException {
    if (!lock.hasQueuedThreads()) {
      channel.flush();
    }
  }

  /** Queues a frame without blocking. */
  void answer(Frame frame) throws YamuxException {
    if (!answers.offer(frame)) {
      throw YamuxException.violation("remote asks and does not read the answers");
    }
  }

  /** Sends what is queued, until stopped or the connection fails. */
  void sendAnswers() throws IOException, InterruptedException {
    for (Frame next = answers.take(); !next.equals(STOP); next = answers.take()) {
      send(next);
    }
  }

  /** Ends {@link #sendAnswers}; what is queued is dropped. */
  void stop() {
    answers.clear();
    answers.offer(STOP);
  }
}
