package io.ecluster.ipfs.kubo;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;

/**
 * Gathers an answer where it arrives and wakes who waits once: Kubo sends a block in pieces of 4
 * KiB, and waking somebody for each costs more than the block. Jetty calls it from one thread at a
 * time, which never blocks.
 */
final class WholeAnswer implements Response.Listener {
  /** What Kubo says beforehand about the length of a block. */
  private static final String LENGTH_HINT = "X-Content-Length";

  private static final int FIRST_BYTES = 4 * 1024;

  private final int most;
  private final CompletableFuture<Response> end = new CompletableFuture<>();
  private byte[] bytes = {};
  private int length;

  /**
   * @param most bytes that are gathered; whoever waits is woken then
   */
  WholeAnswer(int most) {
    this.most = most;
  }

  @Override
  public void onHeaders(Response response) {
    long hint = Math.max(FIRST_BYTES, response.getHeaders().getLongField(LENGTH_HINT));
    bytes = new byte[(int) Math.min(most, hint)];
  }

  @Override
  public void onContent(Response response, ByteBuffer content) {
    int more = Math.min(content.remaining(), most - length);
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(most, Math.max(2 * bytes.length, length + more)));
    }
    content.get(bytes, length, more);
    length += more;
    if (length == most) {
      end.complete(response);
    }
  }

  @Override
  public void onComplete(Result result) {
    if (result.isFailed()) {
      end.completeExceptionally(result.getFailure());
    } else {
      end.complete(result.getResponse());
    }
  }

  /** The response with all its content. */
  Response await(long timeout, TimeUnit unit)
      throws InterruptedException, TimeoutException, ExecutionException {
    return end.get(timeout, unit);
  }

  /** What was gathered, once {@link #await} has returned. */
  InputStream stream() {
    return new ByteArrayInputStream(bytes, 0, length);
  }
}
