package io.ecluster.libp2p;

import io.ecluster.multiformats.Multiaddr;
import io.ecluster.multiformats.PeerId;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Lets all who want the same peer wait for one dial. The dial has a thread of its own and its own
 * limits; who loses patience leaves it to the others.
 */
final class SharedDials {
  private final Map<PeerId, Dial> dials = new ConcurrentHashMap<>();

  private record Dial(Set<Multiaddr> addresses, CompletableFuture<Connection> result) {}

  /** Makes a connection. */
  interface Attempt {
    Connection make() throws IOException;
  }

  /** The dial itself failed, as opposed to our patience with it. */
  private static final class FailedException extends IOException {
    FailedException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Waits for a dial under way, or begins one. One that failed without knowing all of our addresses
   * is followed by another.
   */
  Connection join(PeerId peer, Set<Multiaddr> addresses, long deadlineNanos, Attempt attempt)
      throws IOException {
    while (true) {
      Dial mine = new Dial(addresses, new CompletableFuture<>());
      Dial other = dials.putIfAbsent(peer, mine);
      if (other == null) {
        Thread.ofVirtual().name("libp2p-dial-" + peer).start(() -> run(peer, mine, attempt));
        return await(peer, mine, deadlineNanos);
      }
      try {
        return await(peer, other, deadlineNanos);
      } catch (FailedException e) {
        if (other.addresses().containsAll(addresses)) {
          throw e;
        }
      }
    }
  }

  private void run(PeerId peer, Dial dial, Attempt attempt) {
    try {
      Connection made = attempt.make();
      dials.remove(peer, dial);
      dial.result().complete(made);
    } catch (IOException | RuntimeException e) {
      dials.remove(peer, dial);
      dial.result().completeExceptionally(e);
    }
  }

  private static Connection await(PeerId peer, Dial dial, long deadlineNanos) throws IOException {
    Duration left = Duration.ofNanos(Math.max(1, deadlineNanos - System.nanoTime()));
    try {
      return dial.result().get(left.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("cannot reach " + peer + " in time at " + dial.addresses(), e);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new FailedException(String.valueOf(cause.getMessage()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
