package io.ecluster.core.rpc;

import io.ecluster.multiformats.PeerId;
import java.util.Optional;

/**
 * Told of calls by the threads that make and answer them, so that they can be counted and traced.
 * Must not block, nor throw.
 */
@FunctionalInterface
public interface CallWatch {
  CallWatch NONE = (_, _, _) -> _ -> {};

  /**
   * A call begins.
   *
   * @param method as {@code Service.Method}; one that exists
   * @param peer who is called, or calls
   */
  UnderWay begun(Side side, String method, PeerId peer);

  /** Where a call is seen from. */
  enum Side {
    /** It goes to another peer. */
    CLIENT,
    /** It came from another peer. */
    SERVER,
    /** This peer calls itself. */
    LOCAL
  }

  /** A call that was begun. */
  @FunctionalInterface
  interface UnderWay {
    /**
     * It is over; told once. A call that is answered ends on the thread on which it began.
     *
     * @param failure why it failed; empty if it did not
     */
    void ended(Optional<RpcException> failure);
  }
}
