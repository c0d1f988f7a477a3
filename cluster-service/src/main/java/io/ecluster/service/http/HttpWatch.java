package io.ecluster.service.http;

import java.util.Optional;

/**
 * Told of requests by the threads that answer them, so that they can be counted and traced. Must
 * not block, nor throw.
 */
@FunctionalInterface
public interface HttpWatch {
  HttpWatch NONE = _ -> _ -> {};

  /** A request's head has come. */
  UnderWay begun(Exchange x);

  /** A request that is being answered. */
  @FunctionalInterface
  interface UnderWay {
    /**
     * The answer has been written, on the thread on which it began.
     *
     * @param broken why its end was not; empty if all was
     */
    void ended(Optional<Exception> broken);
  }
}
