package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ExecutionException;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;

/** An answer that has begun. Read to its end it leaves its connection for the next call. */
final class KuboAnswer implements AutoCloseable {
  private final KuboFailures failures;
  private final Request request;
  private final Response response;
  private final InputStream stream;
  private boolean ended;

  KuboAnswer(KuboFailures failures, Request request, Response response, InputStream stream) {
    this.failures = failures;
    this.request = request;
    this.response = response;
    this.stream = stream;
  }

  int status() {
    return response.getStatus();
  }

  /** Up to {@code max} bytes; fewer at the end. */
  byte[] read(int max) {
    try {
      byte[] bytes = stream.readNBytes(max);
      ended |= bytes.length < max;
      return bytes;
    } catch (IOException e) {
      throw failed(e);
    } catch (RuntimeException e) { // Jetty reads on here, and finds what is no HTTP
      throw failures.of(e);
    }
  }

  /** As a stream's method; -1 at the end. */
  int read(byte[] buffer) {
    try {
      int count = stream.read(buffer);
      ended |= count < 0;
      return count;
    } catch (IOException e) {
      throw failed(e);
    } catch (RuntimeException e) { // Jetty reads on here, and finds what is no HTTP
      throw failures.of(e);
    }
  }

  private IpfsException failed(IOException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return failures.of(cause instanceof ExecutionException ? e : cause);
  }

  /**
   * The whole answer.
   *
   * @throws IpfsException if it is longer than this
   */
  byte[] bytes(int max) {
    byte[] bytes = read(max + 1);
    if (bytes.length > max) {
      throw new IpfsException(
          "%s at Kubo answered more than %d bytes".formatted(failures.call(), max));
    }
    requireComplete();
    return bytes;
  }

  JsonLines lines() {
    return new JsonLines(this, failures.call());
  }

  /** What failed while the answer was sent, Kubo says behind it. */
  void requireComplete() {
    String error =
        response.getTrailers() == null ? null : response.getTrailers().get("X-Stream-Error");
    if (error != null && !error.isEmpty()) {
      throw new KuboErrorException(failures.call(), error);
    }
  }

  /** Ends the call if it has not ended. */
  @Override
  public void close() {
    if (!ended) {
      request.abort(new IOException("not needed any more"));
    }
  }
}
