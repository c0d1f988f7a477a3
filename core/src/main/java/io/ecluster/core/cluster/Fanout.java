package io.ecluster.core.cluster;

import io.ecluster.core.rpc.Rpc;
import io.ecluster.core.rpc.RpcException;
import io.ecluster.core.rpc.RpcMethod;
import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Asks many peers at once, each on a virtual thread of its own, and hands on answers one at a time.
 * Peers that refuse us by policy are left out, as Go does: that they do not trust us is no failure.
 */
final class Fanout {
  private final Rpc rpc;

  Fanout(Rpc rpc) {
    this.rpc = rpc;
  }

  /** What one peer answered. */
  sealed interface Answer<R> {
    record Reply<R>(PeerId peer, R value) implements Answer<R> {}

    record Failure<R>(PeerId peer, String error) implements Answer<R> {}
  }

  /** Calls a method of each peer; returns when all have answered or failed. */
  <A, R> void call(
      Collection<PeerId> peers,
      RpcMethod<A, R> method,
      A argument,
      Duration timeout,
      Consumer<Answer<R>> each) {
    ReentrantLock lock = new ReentrantLock();
    inParallel(
        peers,
        peer ->
            one(peer, method, argument, timeout).ifPresent(answer -> locked(lock, each, answer)));
  }

  private <A, R> Optional<Answer<R>> one(
      PeerId peer, RpcMethod<A, R> method, A argument, Duration timeout) {
    try {
      return Optional.of(new Answer.Reply<>(peer, rpc.call(peer, method, argument, timeout)));
    } catch (RpcException e) {
      return failure(peer, e);
    }
  }

  private static <R> Optional<Answer<R>> failure(PeerId peer, RpcException error) {
    return error.kind() == RpcException.Kind.UNAUTHORIZED
        ? Optional.empty()
        : Optional.of(new Answer.Failure<>(peer, String.valueOf(error.getMessage())));
  }

  /**
   * Starts a streaming method on each peer and hands on all replies as they come.
   *
   * @return why some ended early, by peer
   */
  <A, R> Map<PeerId, String> stream(
      Collection<PeerId> peers,
      RpcMethod<A, R> method,
      List<A> arguments,
      Duration timeout,
      BiConsumer<PeerId, R> each) {
    Map<PeerId, String> errors = new ConcurrentHashMap<>();
    ReentrantLock lock = new ReentrantLock();
    inParallel(
        peers,
        peer -> {
          Consumer<R> handOn = reply -> locked(lock, value -> each.accept(peer, value), reply);
          drain(peer, method, arguments, timeout, handOn).ifPresent(e -> errors.put(peer, e));
        });
    return errors;
  }

  private <A, R> Optional<String> drain(
      PeerId peer, RpcMethod<A, R> method, List<A> arguments, Duration timeout, Consumer<R> each) {
    try (Rpc.Call<A, R> call = rpc.open(peer, method, timeout)) {
      arguments.forEach(call::send);
      call.closeSend();
      for (R reply = call.next(); reply != null; reply = call.next()) {
        each.accept(reply);
      }
      return Optional.empty();
    } catch (RpcException e) {
      return e.kind() == RpcException.Kind.UNAUTHORIZED
          ? Optional.empty()
          : Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static <T> void locked(ReentrantLock lock, Consumer<T> consumer, T value) {
    lock.lock();
    try {
      consumer.accept(value);
    } finally {
      lock.unlock();
    }
  }

  private static void inParallel(Collection<PeerId> peers, Consumer<PeerId> task) {
    var _ =
        AtOnce.map(
            List.copyOf(peers),
            peer -> {
              task.accept(peer);
              return peer;
            });
  }
}
