package io.ecluster.adder;

import java.io.IOException;
import java.io.InputStream;

/** Bytes of an upload, at one place of which something happens. */
final class UploadStream extends InputStream {
  private final byte[] bytes;
  private final int place;
  private final Happening happening;
  private int at;
  private boolean happened;

  /** What happens; it may be that the client goes away. */
  @FunctionalInterface
  interface Happening {
    void happen() throws IOException;
  }

  UploadStream(byte[] bytes, int place, Happening happening) {
    this.bytes = bytes;
    this.place = place;
    this.happening = happening;
  }

  /** The client goes away after so many bytes. */
  static AddEntry brokenOff(String path, byte[] bytes, int place) {
    return entry(
        path,
        bytes,
        place,
        () -> {
          throw new IOException("connection reset");
        });
  }

  static AddEntry entry(String path, byte[] bytes, int place, Happening happening) {
    return new AddEntry.File(path, new UploadStream(bytes, place, happening));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    if (at == place && !happened) {
      happened = true;
      happening.happen();
    }
    int end = happened ? bytes.length : place;
    int count = Math.min(length, end - at);
    if (count <= 0) {
      return -1;
    }
    System.arraycopy(bytes, at, to, from, count);
    at += count;
    return count;
  }
}
