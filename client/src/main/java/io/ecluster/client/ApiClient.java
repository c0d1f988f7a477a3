package io.ecluster.client;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls the HTTP API of a cluster peer. With several endpoints the next is tried when one cannot be
 * reached; an answer, even an error, is final.
 */
public final class ApiClient {
  /** An error document is short; what is longer is not one. */
  private static final int MAX_ERROR_BYTES = 64 * 1024;

  private final List<Endpoint> endpoints;
  private final Optional<String> credentials;
  private final Duration timeout;

  /**
   * @param credentials {@code user:password}, if the API asks for them
   * @param timeout for a whole exchange; zero waits for ever
   */
  public ApiClient(List<Endpoint> endpoints, Optional<String> credentials, Duration timeout) {
    this.endpoints = List.copyOf(endpoints);
    this.credentials = credentials;
    this.timeout = timeout;
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
      throw unreachable(e);
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
      throw unreachable(e);
    }
  }

  /** Sends a request without a body; the caller reads and closes the answer. */
  public HttpResponse send(String method, String target, Map<String, String> headers) {
    ApiException last = new ApiException(0, "no host given");
    for (Endpoint endpoint : endpoints) {
      try {
        return exchange(endpoint, method, target, headers);
      } catch (IOException e) {
        last = unreachable(e);
      }
    }
    throw last;
  }

  private HttpResponse exchange(
      Endpoint endpoint, String method, String target, Map<String, String> headers)
      throws IOException {
    HttpConnection connection = open(endpoint);
    try {
      Map<String, String> all = headers(endpoint, headers);
      all.put("Content-Length", "0");
      connection.sendHead(method, target, all);
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
    ApiException last = new ApiException(0, "no host given");
    for (Endpoint endpoint : endpoints) {
      try (HttpConnection connection = open(endpoint)) {
        upload(endpoint, connection, target, contentType, body, each);
        return;
      } catch (IOException e) {
        last = unreachable(e);
      }
    }
    throw last;
  }

  private void upload(
      Endpoint endpoint,
      HttpConnection connection,
      String target,
      String contentType,
      BodyWriter body,
      Consumer<JsonObject> each)
      throws IOException {
    Upload upload = new Upload(connection, body);
    Map<String, String> headers = headers(endpoint, Map.of("Content-Type", contentType));
    headers.put("Transfer-Encoding", "chunked");
    connection.sendHead("POST", target, headers);
    Thread writer = Thread.ofVirtual().start(upload);
    try {
      giveAll(checked(connection.readResponse()), each);
    } catch (IOException | ApiException | JsonException e) {
      upload.throwFailure();
      throw e;
    } finally {
      writer.interrupt();
    }
  }

  private HttpConnection open(Endpoint endpoint) throws IOException {
    HttpConnection connection = HttpConnection.open(endpoint);
    if (!timeout.isZero()) {
      closeLater(connection);
    }
    return connection;
  }

  private void closeLater(HttpConnection connection) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    timer.schedule(
        () -> {
          connection.close();
          return null;
        },
        timeout.toMillis(),
        TimeUnit.MILLISECONDS);
    timer.shutdown();
  }

  private Map<String, String> headers(Endpoint endpoint, Map<String, String> own) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", endpoint.hostHeader());
    headers.put("User-Agent", "ipfs-cluster-ctl");
    headers.put("Connection", "close");
    credentials.ifPresent(pair -> headers.put("Authorization", "Basic " + base64(pair)));
    headers.putAll(own);
    return headers;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void giveAll(HttpResponse response, Consumer<JsonObject> each) {
    Json.Documents documents = Json.documents(response.body());
    for (Object next = documents.next(); next != null; next = documents.next()) {
      each.accept(JsonObject.of(next));
    }
    if (!response.streamError().isEmpty()) {
      throw new ApiException(500, response.streamError());
    }
  }

  private static HttpResponse checked(HttpResponse response) throws IOException {
    if (response.status() < 300) {
      return response;
    }
    String text = new String(response.body().readNBytes(MAX_ERROR_BYTES), StandardCharsets.UTF_8);
    throw error(response.status(), text);
  }

  private static ApiException error(int status, String text) {
    try {
      JsonObject document = JsonObject.of(Json.parse(text));
      return new ApiException((int) document.number("code"), document.text("message"));
    } catch (JsonException e) {
      return new ApiException(status, text.isBlank() ? "HTTP status " + status : text.strip());
    }
  }

  private static ApiException unreachable(IOException e) {
    return new ApiException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
  }
}
