package io.ecluster.ctl;

import io.ecluster.client.ApiException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of an answer; that it breaks off is told apart from what goes wrong with local files.
 */
final class ServerInput extends FilterInputStream {
  ServerInput(InputStream body) {
    super(body);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    try {
      return in.read(bytes, from, length);
    } catch (IOException e) {
      throw ApiException.unreachable(e);
    }
  }
}
