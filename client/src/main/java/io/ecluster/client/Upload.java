package io.ecluster.client;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a request body while the answer is read by another thread. */
final class Upload implements Runnable {
  private final HttpConnection connection;
  private final ApiClient.BodyWriter body;
  private volatile @Nullable RuntimeException failure;

  Upload(HttpConnection connection, ApiClient.BodyWriter body) {
    this.connection = connection;
    this.body = body;
  }

  @Override
  public void run() {
    OutputStream out = connection.chunkedBody();
    try {
      body.writeTo(out);
      out.close();
    } catch (RuntimeException e) {
      failure = e;
      abandon();
    } catch (IOException e) {
      // The server stopped reading. Why it did is in its answer, which the other thread reads.
    }
  }

  /**
   * Throws what our own source failed with, if it did: then the exchange failed because of that.
   */
  void throwFailure() {
    RuntimeException own = failure;
    if (own != null) {
      throw own;
    }
  }

  /** Without a proper end of the body the server drops the upload. */
  private void abandon() {
    try {
      connection.close();
    } catch (IOException e) {
      // Closing is all that was wanted.
    }
  }
}
