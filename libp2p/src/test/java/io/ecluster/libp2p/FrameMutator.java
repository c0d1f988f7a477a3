package io.ecluster.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.ecluster.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Frames as broken or malicious peers might send them, made from recorded ones. The same seed gives
 * the same frames; a failure tells the seed and shows the frame.
 */
public final class FrameMutator {
  /** Long enough for any recorded frame several times over. */
  private static final int MAX_BYTES = 64 << 10;

  private static final int MAX_CHANGES = 4;
  private static final int SHOWN_BYTES = 2000;

  /** Buffers, and an exception with its trace. */
  private static final long BASE_BYTES = 256 << 10;

  /** Objects made of some bytes of a frame, several times: generous for those, not for lengths. */
  private static final int MAX_TIMES = 512;

  /** Bytes that mean something in varints, protobuf, msgpack and lengths. */
  private static final int[] TELLING = {
    0x00, 0x01, 0x08, 0x0a, 0x12, 0x1a, 0x7f, 0x80, 0x90, 0xa0, 0xc0, 0xc1, 0xdb, 0xdd, 0xdf, 0xff
  };

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long seed;
  private final Random random;
  private final List<byte[]> recorded;
  private byte[] frame = {};

  private FrameMutator(long seed, List<byte[]> recorded) {
    this.seed = seed;
    this.random = new Random(seed);
    this.recorded = List.copyOf(recorded);
  }

  /** Of these frames, by a new seed each time. */
  public static FrameMutator of(List<byte[]> recorded) {
    return of(recorded, System.nanoTime());
  }

  public static FrameMutator of(List<byte[]> recorded, long seed) {
    return new FrameMutator(seed, recorded);
  }

  public long seed() {
    return seed;
  }

  /** Gets one frame; may throw what the test allows. */
  @FunctionalInterface
  public interface Target {
    /** Whether the frame was refused. */
    boolean refuses(byte[] frame) throws Exception;
  }

  /** Gives frames to {@code target}, and counts those refused. */
  public int run(int count, Target target) {
    int refused = 0;
    for (int i = 0; i < count; i++) {
      refused += refuses(target, next()) ? 1 : 0;
    }
    return refused;
  }

  /**
   * As {@link #run}, for code that works on the calling thread: it may take no more memory for a
   * frame than some times the frame's length, whatever lengths the frame claims. A frame that takes
   * more is given once again, as the first of its kind may load classes.
   */
  public int runBounded(int count, Target target) {
    return runBounded(count, BASE_BYTES, MAX_TIMES, target);
  }

  /**
   * As {@link #runBounded(int, Target)}.
   *
   * @param maxBytes for a frame that is empty
   * @param maxTimes for each of its bytes
   */
  public int runBounded(int count, long maxBytes, int maxTimes, Target target) {
    return run(
        count,
        bytes -> {
          long most = maxBytes + (long) maxTimes * bytes.length;
          long before = THREADS.getCurrentThreadAllocatedBytes();
          boolean refused = target.refuses(bytes);
          if (taken(before) > most) {
            long again = THREADS.getCurrentThreadAllocatedBytes();
            target.refuses(bytes);
            assertThat(taken(again)).as("bytes taken").isLessThan(most);
          }
          return refused;
        });
  }

  private static long taken(long before) {
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private boolean refuses(Target target, byte[] bytes) {
    try {
      return target.refuses(bytes);
    } catch (Exception | AssertionError | OutOfMemoryError | StackOverflowError e) {
      throw new AssertionError(describe(), e);
    }
  }

  /** The seed and the last frame, for messages of failures. */
  public String describe() {
    byte[] shown = Arrays.copyOf(frame, Math.min(frame.length, SHOWN_BYTES));
    return "seed %d, frame of %d bytes: %s"
        .formatted(seed, frame.length, HexFormat.of().formatHex(shown));
  }

  /** The next frame. One in eight is as recorded, so that what comes after it is reached, too. */
  public byte[] next() {
    byte[] made = pick();
    if (random.nextInt(8) > 0) {
      for (int changes = 1 + random.nextInt(MAX_CHANGES); changes > 0; changes--) {
        made = changed(made);
      }
    }
    frame = made.length <= MAX_BYTES ? made : Arrays.copyOf(made, MAX_BYTES);
    return frame.clone();
  }

  private byte[] pick() {
    return recorded.get(random.nextInt(recorded.size()));
  }

  private byte[] changed(byte[] bytes) {
    int at = random.nextInt(bytes.length + 1);
    return switch (random.nextInt(9)) {
      case 0 -> withByte(bytes, at, 1 << random.nextInt(8), true);
      case 1 -> withByte(bytes, at, random.nextInt(256), false);
      case 2 -> withByte(bytes, at, TELLING[random.nextInt(TELLING.length)], false);
      case 3 -> Arrays.copyOf(bytes, at);
      case 4 -> joined(part(bytes, 0, at), noise(16), part(bytes, at, bytes.length));
      case 5 -> joined(part(bytes, 0, at), part(bytes, at + random.nextInt(16), bytes.length));
      case 6 -> repeated(bytes, at);
      case 7 -> spliced(bytes, at);
      default -> withLength(bytes, at);
    };
  }

  private static byte[] withByte(byte[] bytes, int at, int value, boolean flip) {
    byte[] made = bytes.clone();
    if (at < made.length) {
      made[at] = (byte) (flip ? made[at] ^ value : value);
    }
    return made;
  }

  private byte[] noise(int most) {
    byte[] noise = new byte[random.nextInt(most)];
    random.nextBytes(noise);
    return noise;
  }

  /** A part of it, again and again. */
  private byte[] repeated(byte[] bytes, int at) {
    byte[] part = part(bytes, at, at + 1 + random.nextInt(64));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(part(bytes, 0, at));
    for (int times = 1 + random.nextInt(1 << random.nextInt(10)); times > 0; times--) {
      out.writeBytes(part);
    }
    out.writeBytes(part(bytes, at, bytes.length));
    return out.toByteArray();
  }

  /** Its beginning, and the end of another. */
  private byte[] spliced(byte[] bytes, int at) {
    byte[] other = pick();
    return joined(part(bytes, 0, at), part(other, random.nextInt(other.length + 1), other.length));
  }

  /** With a number in place of a byte that is far too large for a length, as varint or plain. */
  private byte[] withLength(byte[] bytes, int at) {
    long length = random.nextLong() >>> random.nextInt(1, 64);
    byte[] number =
        switch (random.nextInt(3)) {
          case 0 -> Varint.encode(length);
          case 1 -> new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1}; // 2^64 - 1
          default -> bigEndian(length, 1 << random.nextInt(4));
        };
    return joined(part(bytes, 0, at), number, part(bytes, at + 1, bytes.length));
  }

  private static byte[] bigEndian(long value, int bytes) {
    byte[] number = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      number[i] = (byte) (value >>> (8 * (bytes - 1 - i)));
    }
    return number;
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    int start = Math.min(from, bytes.length);
    return Arrays.copyOfRange(bytes, start, Math.clamp(to, start, bytes.length));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
