package io.ecluster.core.rpc;

import io.ecluster.multiformats.PeerId;
import java.time.Duration;
import java.util.Iterator;
import java.util.function.Consumer;

/** Calls between peers. A call to oneself takes the short way, without network or policy. */
public interface Rpc extends AutoCloseable {
  /** Serves a method with one argument and one reply. */
  <A, R> void serve(RpcMethod<A, R> method, Handler<A, R> handler);

  /** Serves a streaming method. */
  <A, R> void serveStream(RpcMethod<A, R> method, StreamHandler<A, R> handler);

  /**
   * Calls a method and waits for its reply.
   *
   * @throws RpcException if the peer cannot be reached, refuses, fails or does not answer in time
   */
  <A, R> R call(PeerId to, RpcMethod<A, R> method, A argument, Duration timeout);

  /**
   * Starts a streaming call.
   *
   * @throws RpcException if the peer cannot be reached
   */
  <A, R> Call<A, R> open(PeerId to, RpcMethod<A, R> method, Duration timeout);

  @Override
  void close();

  /** Answers one call; what it throws becomes the caller's error text. */
  @FunctionalInterface
  interface Handler<A, R> {
    R answer(PeerId caller, A argument) throws Exception;
  }

  /** Answers a streaming call: reads arguments, which block until they come, and sends replies. */
  @FunctionalInterface
  interface StreamHandler<A, R> {
    void answer(PeerId caller, Iterator<A> arguments, Consumer<R> replies) throws Exception;
  }

  /** A streaming call under way. Close it; closing before the end cancels it on the other side. */
  interface Call<A, R> extends AutoCloseable {
    /** Sends one argument; blocks while the peer is slow. */
    void send(A argument);

    /** Says that no argument follows: without this the other side never ends. */
    void closeSend();

    /**
     * Waits for a reply; null when there are no more.
     *
     * @throws RpcException if the method failed
     */
    @org.jspecify.annotations.Nullable
    R next();

    @Override
    void close();
  }
}
