package io.ecluster.ipfs.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The calls to the disk that fail in interesting ways, so that tests can make them fail. */
interface Disk {
  /** Writes a file that does not exist; waits for the disk if {@code sync}. */
  void write(Path file, byte[] data, boolean sync) throws IOException;

  /** Bytes that this process could still write. */
  long usableBytes(Path folder);

  /** The disk of this machine. */
  static Disk real() {
    return new Real();
  }

  /** The real one. */
  final class Real implements Disk {
    private Real() {}

    @Override
    public void write(Path file, byte[] data, boolean sync) throws IOException {
      try (FileChannel out =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(data);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        if (sync) {
          out.force(false);
        }
      }
    }

    /** One system call; a FileStore would read the table of mounts each time. */
    @Override
    public long usableBytes(Path folder) {
      return folder.toFile().getUsableSpace();
    }
  }
}
