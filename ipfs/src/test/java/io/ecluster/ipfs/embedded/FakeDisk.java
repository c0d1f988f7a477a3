package io.ecluster.ipfs.embedded;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** The real disk, except that it can be full. */
final class FakeDisk implements Disk {
  private final Disk real = Disk.real();
  final AtomicInteger writes = new AtomicInteger();
  final AtomicInteger synced = new AtomicInteger();

  volatile long usable = Long.MAX_VALUE;

  /** Writes stop in the middle with what Linux says of a full disk. */
  volatile boolean full;

  @Override
  public void write(Path file, byte[] data, boolean sync) throws IOException {
    writes.incrementAndGet();
    if (full) {
      Files.write(file, Arrays.copyOf(data, data.length / 2));
      throw new FileSystemException(file.toString(), null, "No space left on device");
    }
    synced.addAndGet(sync ? 1 : 0);
    real.write(file, data, sync);
  }

  @Override
  public long usableBytes(Path folder) {
    return usable;
  }
}
