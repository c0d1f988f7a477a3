package io.ecluster.service.observe;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

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
    UnknownFieldSet request = UnknownFieldSet.parseFrom(exchange.getRequestBody().readAllBytes());
    messages(request, 1)
        .forEach(resource -> {
          Map<String, String> process =
              messages(resource, 1).map(m -> attributes(m, 1)).findFirst().orElse(Map.of());
          messages(resource, 2)
              .flatMap(scope -> messages(scope, 2))
              .forEach(span -> spans.add(span(process, span)));
        });
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static Received span(Map<String, String> process, UnknownFieldSet span) {
    return new Received(
        process,
        hex(span, 1),
        hex(span, 2),
        hex(span, 4),
        bytes(span, 5).map(ByteString::toStringUtf8).findFirst().orElse(""),
        attributes(span, 9));
  }

  private static Map<String, String> attributes(UnknownFieldSet owner, int field) {
    Map<String, String> all = new HashMap<>();
    messages(owner, field)
        .forEach(pair ->
            all.put(
                bytes(pair, 1).map(ByteString::toStringUtf8).findFirst().orElse(""),
                messages(pair, 2).map(OtlpReceiver::value).findFirst().orElse("")));
    return all;
  }

  /** A text, or a whole number. */
  private static String value(UnknownFieldSet value) {
    return bytes(value, 1)
        .map(ByteString::toStringUtf8)
        .findFirst()
        .orElseGet(() ->
            String.join(
                ",", value.getField(3).getVarintList().stream().map(String::valueOf).toList()));
  }

  private static String hex(UnknownFieldSet message, int field) {
    return bytes(message, field)
        .map(id -> HexFormat.of().formatHex(id.toByteArray()))
        .findFirst()
        .orElse("");
  }

  private static Stream<ByteString> bytes(UnknownFieldSet message, int field) {
    return message.getField(field).getLengthDelimitedList().stream();
  }

  private static Stream<UnknownFieldSet> messages(UnknownFieldSet message, int field) {
    return bytes(message, field)
        .map(bytes -> {
          try {
            return UnknownFieldSet.parseFrom(bytes);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
