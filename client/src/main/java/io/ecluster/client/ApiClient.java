package io.ecluster.client;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    ApiException last = new ApiException(0, "no host given");
    for (Endpoint endpoint : endpoints) {
      try {
        return exchange(endpoint, method, target, headers);
      } catch (IOException e) {
        last = ApiException.unreachable(e);
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
        last = ApiException.unreachable(e);
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

  private HttpConnection open(Endpoint endpoint) throws IOException {
    return HttpConnection.open(endpoint, timeout);
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
