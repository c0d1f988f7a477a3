package io.ecluster.service.gateway;

import io.ecluster.service.http.Exchange;

/** Sends a client elsewhere on this server. */
final class Redirect {
  private Redirect() {}

  /**
   * Answers.
   *
   * @param rawPath encoded, beginning with one slash
   */
  static void send(Exchange x, int status, String rawPath) {
    String query = x.rawQuery().isEmpty() ? "" : "?" + x.rawQuery();
    x.setHeader("Location", rawPath + query);
    x.setStatus(status);
    x.setHeader("Content-Length", "0");
  }
}
