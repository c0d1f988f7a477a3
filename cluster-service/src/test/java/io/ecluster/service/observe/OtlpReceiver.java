package io.ecluster.service.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes traces by OTLP over HTTP, as a collector does. */
public final class OtlpReceiver implements AutoCloseable {
  private final List<Received> spans = new CopyOnWriteArrayList<>();
  private final HttpServer server;

  /** A span, and the attributes of the process that sent it; all that matters here as text. */
  public record Received(
      Map<String, String> resource,
      String traceId,
      String spanId,
      String parentId,
      String name,
      Map<String, String> attributes) {}

  public OtlpReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public List<Received> spans() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    Fields.parse(exchange.getRequestBody().readAllBytes()).messages(1).forEach(this::takeResource);
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private void takeResource(Fields resource) {
    Map<String, String> process =
        resource.messages(1).map(m -> attributes(m, 1)).findFirst().orElse(Map.of());
    resource
        .messages(2)
        .flatMap(scope -> scope.messages(2))
        .forEach(span -> spans.add(span(process, span)));
  }

  private static Received span(Map<String, String> process, Fields span) {
    return new Received(
        process, span.hex(1), span.hex(2), span.hex(4), span.text(5), attributes(span, 9));
  }

  private static Map<String, String> attributes(Fields owner, int field) {
    Map<String, String> all = new HashMap<>();
    owner
        .messages(field)
        .forEach(pair ->
            all.put(
                pair.text(1), pair.messages(2).map(OtlpReceiver::value).findFirst().orElse("")));
    return all;
  }

  /** A text, or a whole number. */
  private static String value(Fields value) {
    return value
        .texts(1)
        .findFirst()
        .orElseGet(() -> String.join(",", value.numbers(3).map(String::valueOf).toList()));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
