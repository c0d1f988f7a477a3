package io.ecluster.service.proxy;

import io.ecluster.service.http.Exchange;

/** One call of the API. */
@FunctionalInterface
interface Command {
  void run(Exchange x, Arguments arguments) throws Exception;
}
