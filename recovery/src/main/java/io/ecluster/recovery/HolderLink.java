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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One stream of block requests to one holder. Answers come in the order of the requests, so many
 * can be under way. The reader thread owns the answers; once anything fails the link is dead and
 * says so to everyone who waits.
 */
final class HolderLink implements AutoCloseable {
  private final Rpc.Call<Cid, NodeWithMeta> call;
  private final ReentrantLock sending = new ReentrantLock();
  private final ConcurrentLinkedQueue<Request> waiting = new ConcurrentLinkedQueue<>();

  /**
   * Answers that are due: the reader waits for no other, so that an idle link does not time out.
   */
  private final Semaphore due = new Semaphore(0);

  private volatile boolean dead;
  private volatile boolean foreign;

  private record Request(Cid cid, CompletableFuture<Optional<byte[]>> answer) {}

  private HolderLink(Rpc.Call<Cid, NodeWithMeta> call) {
    this.call = call;
  }

  /**
   * Opens a link.
   *
   * @param patience for opening, and then for each answer that is due
   * @throws RpcException if the holder cannot be reached
   */
  static HolderLink open(Rpc rpc, PeerId holder, Duration patience) {
    return over(rpc.open(holder, ErasureMethods.BLOCKS, patience), "blocks of " + holder);
  }

  /** A link over a call that was opened. */
  static HolderLink over(Rpc.Call<Cid, NodeWithMeta> call, String threadName) {
    HolderLink link = new HolderLink(call);
    Thread.ofVirtual().name(threadName).start(link::readAnswers);
    return link;
  }

  boolean dead() {
    return dead;
  }

  /** Whether the holder does not know the method: it is not one of our peers. */
  boolean foreign() {
    return foreign;
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
        due.release();
      }
    } catch (RpcException e) {
      broken(e);
    } finally {
      sending.unlock();
    }
  }

  private void readAnswers() {
    try {
      due.acquire();
      for (NodeWithMeta node = call.next(); node != null && answer(node); node = call.next()) {
        due.acquire();
      }
      giveUp();
    } catch (RpcException e) {
      broken(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp();
    }
  }

  /** Refused or broken, as the sender or the reader is told first. */
  private void broken(RpcException why) {
    if (why.kind() == RpcException.Kind.SERVER) {
      foreign = true;
    }
    giveUp();
  }

  private boolean answer(NodeWithMeta node) {
    Request request = waiting.poll();
    if (request == null) {
      return false;
    }
    boolean good = request.cid().hash().matches(node.data());
    request.answer().complete(good ? Optional.of(node.data()) : Optional.empty());
    return true;
  }

  private void giveUp() {
    dead = true;
    for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
      request.answer().complete(Optional.empty());
    }
  }

  @Override
  public void close() {
    giveUp();
    call.close();
    due.release();
  }
}
