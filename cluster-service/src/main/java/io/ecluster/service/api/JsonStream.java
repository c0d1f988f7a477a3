package io.ecluster.service.api;

import io.ecluster.client.Json;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An answer of one JSON document a line, each sent as soon as it is there. Nothing at all is 204;
 * an error after the first line goes into the trailer.
 */
final class JsonStream {
  private final Exchange exchange;
  private final ReentrantLock lock = new ReentrantLock();
  private Exchange.@Nullable StreamTrailer trailer;
  private @Nullable OutputStream out;

  private JsonStream(Exchange exchange) {
    this.exchange = exchange;
  }

  /** Runs {@code source}, which gives its items to the consumer it is handed. */
  static void answer(Exchange exchange, Consumer<Consumer<Object>> source) {
    JsonStream stream = new JsonStream(exchange);
    try {
      source.accept(stream::send);
    } catch (RuntimeException e) {
      if (stream.trailer == null) {
        throw e;
      }
      stream.trailer.set(Errors.message(e));
    }
    stream.finish();
  }

  private void send(Object item) {
    lock.lock();
    try {
      OutputStream open = out == null ? start() : out;
      open.write((Json.write(item) + "\n").getBytes(StandardCharsets.UTF_8));
      open.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  private OutputStream start() {
    exchange.setStatus(200);
    exchange.setHeader("Content-Type", "application/json");
    trailer = exchange.announceTrailer();
    trailer.set("");
    OutputStream opened = exchange.output();
    out = opened;
    return opened;
  }

  private void finish() {
    if (out == null) {
      exchange.answerNothing();
      return;
    }
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
