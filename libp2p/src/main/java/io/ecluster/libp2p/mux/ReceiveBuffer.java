package io.ecluster.libp2p.mux;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** Received bytes in order: slices of decrypted messages. Guarded by its stream's lock. */
final class ReceiveBuffer {
  private record Slice(byte[] bytes, int offset, int length) {}

  private final Deque<Slice> slices = new ArrayDeque<>();
  private int headOffset;
  private int size;

  int size() {
    return size;
  }

  void add(byte[] bytes, int offset, int length) {
    // A small slice must not keep a large message in memory.
    slices.add(
        length * 2 < bytes.length
            ? new Slice(Arrays.copyOfRange(bytes, offset, offset + length), 0, length)
            : new Slice(bytes, offset, length));
    size += length;
  }

  int take(byte[] into, int offset, int length) {
    int at = offset;
    int end = offset + Math.min(length, size);
    while (at < end) {
      Slice head = slices.getFirst();
      int part = Math.min(end - at, head.length() - headOffset);
      System.arraycopy(head.bytes(), head.offset() + headOffset, into, at, part);
      at += part;
      pass(head, part);
    }
    size -= at - offset;
    return at - offset;
  }

  private void pass(Slice head, int count) {
    headOffset += count;
    if (headOffset == head.length()) {
      slices.removeFirst();
      headOffset = 0;
    }
  }

  /** Drops everything and returns how much it was. */
  int clear() {
    int dropped = size;
    slices.clear();
    headOffset = 0;
    size = 0;
    return dropped;
  }
}
