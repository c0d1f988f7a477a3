package io.ecluster.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the HTTP API of a cluster peer. With several routes the next is tried when one cannot be
 * reached; an answer, even an error, is final.
 */
public final class ApiClient {
  /** An error document is short; what is longer is not one. */
  private static final int MAX_ERROR_BYTES = 64 * 1024;

  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;

  private final List<Route> routes;
  private final Optional<String> credentials;
  private final Duration timeout;
  private final Consumer<String> log;

  /**
   * @param credentials {@code user:password}, if the API asks for them
   * @param timeout for a whole exchange; zero waits for ever
   */
  public ApiClient(List<? extends Route> routes, Optional<String> credentials, Duration timeout) {
    this(routes, credentials, timeout, _ -> {});
  }

  /**
   * @param log is told of each request
   */
  public ApiClient(
      List<? extends Route> routes,
      Optional<String> credentials,
      Duration timeout,
      Consumer<String> log) {
    this.routes = List.copyOf(routes);
    this.credentials = credentials;
    this.timeout = timeout;
    this.log = log;
  }

  /** Writes the body of a request. */
  @FunctionalInterface
  public interface BodyWriter {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Sends a request without a body and gives the one document of the answer, null for none.
   *
   * @throws ApiException if the API cannot be reached or answers with an error
   */
  public @Nullable Object call(String method, String target) {
    try (HttpResponse response = send(method, target, Map.of())) {
      return Json.documents(response.body()).next();
    } catch (IOException e) {
      throw ApiException.unreachable(e);
    } catch (UncheckedIOException e) {
      throw ApiException.unreachable(e);
    }
  }

  /**
   * Sends a request without a body and gives each document of the answer as it comes.
   *
   * @throws ApiException if the API cannot be reached, answers with an error, or meets one on the
   *     way
   */
  public void stream(String method, String target, Consumer<JsonObject> each) {
    try (HttpResponse response = send(method, target, Map.of())) {
      giveAll(response, each);
    } catch (IOException e) {
      throw ApiException.unreachable(e);
    }
  }

  /** Sends a request without a body; the caller reads and closes the answer. */
  public HttpResponse send(String method, String target, Map<String, String> headers) {
    return firstReached((route, dialer) -> exchange(route, dialer, method, target, headers));
  }

  /** Talks to one address of one host. */
  @FunctionalInterface
  private interface Exchange<T> {
    T with(Route route, Dialer dialer) throws IOException;
  }

  private <T> T firstReached(Exchange<T> exchange) {
    ApiException last = new ApiException(0, "no host given");
    for (Route route : routes) {
      try {
        for (Dialer dialer : route.dialers()) {
          try {
            return exchange.with(route, dialer);
          } catch (IOException e) {
            last = failed(route, e);
          }
        }
      } catch (IOException e) {
        last = failed(route, e); // its name is not known
      }
    }
    throw last;
  }

  private ApiException failed(Route route, IOException e) {
    ApiException told = ApiException.unreachable(e);
    log.accept(route.url() + ": " + told.getMessage());
    return told;
  }

  private HttpResponse exchange(
      Route route, Dialer dialer, String method, String target, Map<String, String> headers)
      throws IOException {
    log.accept(method + " " + route.url() + target);
    HttpConnection connection = HttpConnection.open(dialer, timeout);
    try {
      Map<String, String> all = headers(route, headers);
      all.put("Content-Length", "0");
      connection.sendHead(method, route.targetPrefix() + target, all);
      return checked(connection.readResponse());
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Uploads: {@code body} is written by a thread of its own while the documents of the answer are
   * given to {@code each}.
   *
   * @throws ApiException if the API cannot be reached or answers with an error
   */
  public void upload(
      String target, String contentType, BodyWriter body, Consumer<JsonObject> each) {
    firstReached((route, dialer) -> {
      log.accept("POST " + route.url() + target);
      try (HttpConnection connection = HttpConnection.open(dialer, timeout)) {
        upload(route, connection, target, contentType, body, each);
        return true;
      }
    });
  }

  private void upload(
      Route route,
      HttpConnection connection,
      String target,
      String contentType,
      BodyWriter body,
      Consumer<JsonObject> each)
      throws IOException {
    Upload upload = new Upload(connection, body);
    Map<String, String> headers = headers(route, Map.of("Content-Type", contentType));
    headers.put("Transfer-Encoding", "chunked");
    connection.sendHead("POST", route.targetPrefix() + target, headers);
    Thread writer = Thread.ofVirtual().start(upload);
    try {
      giveAll(checked(connection.readResponse()), each);
    } catch (IOException | ApiException | JsonException e) {
      upload.throwFailure();
      throw e;
    } finally {
      connection.close(); // ends the writer, whatever it waits for
      join(writer);
    }
  }

  private static void join(Thread writer) {
    writer.interrupt();
    boolean interrupted = false;
    while (writer.isAlive()) {
      try {
        writer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, String> headers(Route route, Map<String, String> own) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", route.hostHeader());
    headers.put("User-Agent", "ipfs-cluster-ctl");
    headers.put("Connection", "close");
    headers.put("traceparent", traceParent());
    credentials.ifPresent(pair -> headers.put("Authorization", "Basic " + base64(pair)));
    headers.putAll(route.headers());
    headers.putAll(own);
    return headers;
  }

  /** A trace of its own for each request, by the W3C's Trace Context; not sampled. */
  private static String traceParent() {
    return "00-" + randomHex(TRACE_ID_BYTES) + "-" + randomHex(SPAN_ID_BYTES) + "-00";
  }

  private static String randomHex(int bytes) {
    byte[] random = new byte[bytes];
    ThreadLocalRandom.current().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void giveAll(HttpResponse response, Consumer<JsonObject> each) {
    Json.Documents documents = Json.documents(response.body());
    for (Object next = next(documents); next != null; next = next(documents)) {
      each.accept(JsonObject.of(next));
    }
    if (!response.streamError().isEmpty()) {
      throw new ApiException(500, response.streamError());
    }
  }

  private static @Nullable Object next(Json.Documents documents) {
    try {
      return documents.next();
    } catch (UncheckedIOException e) {
      throw ApiException.unreachable(e);
    }
  }

  private static HttpResponse checked(HttpResponse response) {
    if (response.status() < 300) {
      return response;
    }
    throw error(response.status(), errorText(response));
  }

  /** An error is final, also when it breaks off in the middle of its words. */
  private static String errorText(HttpResponse response) {
    try {
      return new String(response.body().readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static ApiException error(int status, String text) {
    try {
      JsonObject document = JsonObject.of(Json.parse(text));
      if (!document.text("message").isEmpty()) {
        return new ApiException(status, document.text("message"));
      }
    } catch (JsonException e) {
      return new ApiException(status, text.isBlank() ? "HTTP status " + status : text.strip());
    }
    return new ApiException(status, "HTTP status " + status);
  }
}
