package io.ecluster.libp2p;

import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks names up on a few threads of the operating system: a lookup blocks its thread in native
 * code, and a few slow ones would hold up every virtual thread there is.
 */
final class NameLookup implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int MAX_WAITING = 256;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final ThreadPoolExecutor threads;

  NameLookup() {
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("libp2p-dns").factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Where an address leads to.
   *
   * @throws UnknownHostException if its name is not known, or not found out in time
   */
  List<InetSocketAddress> resolve(Multiaddr address) throws IOException {
    if (!SocketAddresses.isNamed(address)) {
      return SocketAddresses.resolve(address);
    }
    try {
      Future<List<InetSocketAddress>> found =
          threads.submit(() -> SocketAddresses.resolve(address));
      return found.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | RejectedExecutionException e) {
      throw new UnknownHostException("name lookup takes too long: " + address);
    } catch (ExecutionException e) {
      throw new IOException("name is not known: " + address, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
