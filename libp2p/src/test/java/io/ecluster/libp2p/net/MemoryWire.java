package io.ecluster.libp2p.net;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A wire in memory. It reads chunk by chunk as they were written on the other side. */
public final class MemoryWire implements Wire {
  /** Empty: the end. */
  private final BlockingQueue<Optional<byte[]>> incoming;

  private final BlockingQueue<Optional<byte[]>> outgoing;
  private byte[] current = {};
  private int at;
  private boolean ended;

  private MemoryWire(
      BlockingQueue<Optional<byte[]>> incoming, BlockingQueue<Optional<byte[]>> outgoing) {
    this.incoming = incoming;
    this.outgoing = outgoing;
  }

  /** A wire that reads these chunks and then ends. */
  public static MemoryWire reading(byte[]... chunks) {
    MemoryWire wire = new MemoryWire(new LinkedBlockingQueue<>(), new LinkedBlockingQueue<>());
    for (byte[] chunk : chunks) {
      wire.incoming.add(Optional.of(chunk.clone()));
    }
    wire.incoming.add(Optional.empty());
    return wire;
  }

  /** Two wires that read what the other writes. */
  public static List<MemoryWire> pair() {
    BlockingQueue<Optional<byte[]>> there = new LinkedBlockingQueue<>();
    BlockingQueue<Optional<byte[]>> back = new LinkedBlockingQueue<>();
    return List.of(new MemoryWire(back, there), new MemoryWire(there, back));
  }

  /** The next write of this wire's owner; nobody else may read it. */
  public byte[] written() {
    return Optional.ofNullable(outgoing.poll())
        .orElseThrow(() -> new AssertionError("nothing was written"))
        .orElseThrow(() -> new AssertionError("the wire was closed"));
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (at == current.length && !advance()) {
      return -1;
    }
    int part = Math.min(length, current.length - at);
    System.arraycopy(current, at, into, offset, part);
    at += part;
    return part;
  }

  private boolean advance() throws IOException {
    try {
      while (!ended && at == current.length) {
        Optional<byte[]> next = incoming.take();
        ended = next.isEmpty();
        current = next.orElse(new byte[0]);
        at = 0;
      }
      return !ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    outgoing.add(Optional.of(Arrays.copyOfRange(bytes, offset, offset + length)));
    Arrays.fill(bytes, offset, offset + length, (byte) 0xEE); // as a cipher in place would
  }

  @Override
  public void close() {
    outgoing.add(Optional.empty());
    incoming.add(Optional.empty());
  }
}
