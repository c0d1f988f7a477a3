package io.ecluster.service.http;

/** Answers requests. */
public interface HttpService {
  /** Answers one, on a virtual thread of its own; what it throws goes to {@link #refuse}. */
  void handle(Exchange x) throws Exception;

  /**
   * Answers a request that failed. Only called while nothing has been sent; status and headers have
   * been taken back. A failure after that breaks the connection, so that nobody takes what came for
   * all of it.
   */
  void refuse(Exchange x, Exception error) throws Exception;
}
