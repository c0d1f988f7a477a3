package io.ecluster.recovery;

import io.ecluster.core.cluster.ErasureMethods;
import io.ecluster.core.rpc.NodeWithMeta;
import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One stream of block requests to one holder. Answers come in the order of the requests, so many
 * can be under way. The reader thread owns the answers; once anything fails the link is dead and
 * says so to everyone who waits.
 */
final class HolderLink implements AutoCloseable {
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(2);

  private final Rpc.Call<Cid, NodeWithMeta> call;
  private final ReentrantLock sending = new ReentrantLock();
  private final ConcurrentLinkedQueue<Request> waiting = new ConcurrentLinkedQueue<>();
  private volatile boolean dead;

  private record Request(Cid cid, CompletableFuture<Optional<byte[]>> answer) {}

  private HolderLink(Rpc.Call<Cid, NodeWithMeta> call) {
    this.call = call;
  }

  /**
   * @throws RpcException if the holder cannot be reached
   */
  static HolderLink open(Rpc rpc, PeerId holder) {
    HolderLink link = new HolderLink(rpc.open(holder, ErasureMethods.BLOCKS, OPEN_TIMEOUT));
    Thread.ofVirtual().name("blocks of " + holder).start(link::readAnswers);
    return link;
  }

  boolean dead() {
    return dead;
  }

  /**
   * A block, checked; nothing if the holder lacks it, fails, or takes longer than {@code patience}.
   */
  Optional<byte[]> read(Cid cid, Duration patience) throws InterruptedException {
    Request request = new Request(cid, new CompletableFuture<>());
    send(request);
    try {
      return request.answer().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException("answers do not fail, they are empty", e);
    }
  }

  private void send(Request request) {
    sending.lock();
    try {
      waiting.add(request);
      if (dead) {
        giveUp();
      } else {
        call.send(request.cid());
      }
    } catch (RpcException e) {
      giveUp();
    } finally {
      sending.unlock();
    }
  }

  private void readAnswers() {
    try {
      for (NodeWithMeta node = call.next(); node != null; node = call.next()) {
        Request request = waiting.poll();
        if (request == null) {
          break;
        }
        boolean good = request.cid().hash().matches(node.data());
        request.answer().complete(good ? Optional.of(node.data()) : Optional.empty());
      }
    } catch (RpcException e) {
      // The holder is gone; those who wait are told below.
    }
    giveUp();
  }

  private void giveUp() {
    dead = true;
    for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
      request.answer().complete(Optional.empty());
    }
  }

  @Override
  public void close() {
    dead = true;
    call.close();
  }
}
