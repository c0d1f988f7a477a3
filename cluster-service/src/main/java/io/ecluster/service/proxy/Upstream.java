package io.ecluster.service.proxy;

import io.ecluster.ipfs.kubo.KuboEndpoint;
import io.ecluster.service.config.ConfigException;
import io.ecluster.service.http.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamRequestContent;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The Kubo daemon behind the proxy: gets what the cluster does not answer, and streams both ways.
 */
final class Upstream implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final int MAX_CONNECTIONS = 256;
  private static final int MAX_THREADS = 16;
  private static final int BUFFER_BYTES = 64 * 1024;

  /** They are about one connection, not about what goes over it. */
  private static final Set<String> OF_A_CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "transfer-encoding",
          "upgrade",
          "host",
          "expect");

  private final KuboEndpoint endpoint;
  private final HttpClient client;
  private final String authorization;

  private Upstream(KuboEndpoint endpoint, String authorization, HttpClient client) {
    this.endpoint = endpoint;
    this.authorization = authorization;
    this.client = client;
  }

  /**
   * @param authorization what this peer says to Kubo for clients that say nothing; empty for
   *     nothing
   */
  static Upstream open(KuboEndpoint endpoint, String authorization) {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("proxy");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    HttpClient client = new HttpClient();
    client.setExecutor(threads);
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
    client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
    client.setIdleTimeout(0); // a pin may be silent for hours
    client.setFollowRedirects(false);
    client.setUserAgentField(null);
    try {
      client.start();
      client.getContentDecoderFactories().clear(); // bytes pass as they are
      return new Upstream(endpoint, authorization, client);
    } catch (Exception e) {
      throw new ConfigException("the proxy's HTTP client cannot start: " + e.getMessage(), e);
    }
  }

  /**
   * Passes a request on and its answer back.
   *
   * @throws KuboAwayException if there is no answer
   */
  void forward(Exchange x) throws IOException {
    try (Answer answer = send(x, x.rawQuery())) {
      x.setStatus(answer.status());
      copy(answer.response.getHeaders(), x);
      x.setTrailers(() -> trailers(answer.response));
      pass(answer.body(), x);
      answer.end();
    }
  }

  /**
   * Passes a request on.
   *
   * @param query in place of the request's own
   * @throws KuboAwayException if there is no answer
   */
  Answer send(Exchange x, String query) throws IOException {
    InputStreamResponseListener listener = new InputStreamResponseListener();
    Request request = request(x, query);
    request.send(listener);
    try {
      return new Answer(request, begun(listener), listener.getInputStream());
    } catch (IOException | RuntimeException e) {
      request.abort(e);
      throw e;
    }
  }

  /** An answer of Kubo that has begun. Closed before it has been read, it is broken off. */
  static final class Answer implements AutoCloseable {
    private final Request request;
    private final Response response;
    private final InputStream body;
    private boolean ended;

    Answer(Request request, Response response, InputStream body) {
      this.request = request;
      this.response = response;
      this.body = body;
    }

    int status() {
      return response.getStatus();
    }

    String header(String name) {
      String value = response.getHeaders().get(name);
      return value == null ? "" : value;
    }

    InputStream body() {
      return body;
    }

    /** What the trailer says went wrong, once the body has been read. */
    Optional<String> streamError() {
      return Optional.ofNullable(trailers(response).get("X-Stream-Error"));
    }

    /** All of it has been read. */
    void end() {
      ended = true;
    }

    @Override
    public void close() throws IOException {
      if (!ended) {
        request.abort(new IOException("the answer is no longer wanted"));
      }
      body.close();
    }
  }

  /**
   * The headers of an answer.
   *
   * @param timeout how long it may take
   * @throws IOException if there is none
   */
  HttpFields headers(String method, String path, HttpFields headers, Duration timeout)
      throws IOException {
    Request request = to(client.newRequest(endpoint.base()).method(method).path(path));
    request.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    request.headers(all -> {
      headers.forEach(all::add);
      authorize(all);
    });
    try {
      return request.send().getHeaders();
    } catch (ExecutionException | TimeoutException e) {
      throw new KuboAwayException(endpoint.base(), e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private Request to(Request request) {
    endpoint.socket().ifPresent(socket -> request.transport(new Transport.TCPUnix(socket)));
    return request;
  }

  private void authorize(HttpFields.Mutable headers) {
    if (!authorization.isEmpty() && !headers.contains("Authorization")) {
      headers.add("Authorization", authorization);
    }
  }

  private Request request(Exchange x, String query) {
    String asked = query.isEmpty() ? "" : "?" + query;
    Request request =
        to(client.newRequest(endpoint.base()).method(x.method()).path(x.rawPath() + asked));
    request.headers(headers -> {
      headers.clear();
      x.headers().stream().filter(Upstream::passes).forEach(headers::add);
      authorize(headers);
    });
    boolean chunked = x.headers().contains("Transfer-Encoding");
    if (chunked || x.headers().getLongField("Content-Length") > 0) {
      request.body(content(x));
    }
    return request;
  }

  private InputStreamRequestContent content(Exchange x) {
    ByteBufferPool.Sized buffers =
        new ByteBufferPool.Sized(client.getByteBufferPool(), false, BUFFER_BYTES);
    return new InputStreamRequestContent(x.header("Content-Type"), x.body(), buffers);
  }

  private static boolean passes(HttpField field) {
    return !OF_A_CONNECTION.contains(field.getName().toLowerCase(Locale.ROOT));
  }

  private static void copy(HttpFields from, Exchange to) {
    from.stream().filter(Upstream::passes).forEach(field -> to.answerHeaders().add(field));
  }

  private static HttpFields trailers(Response response) {
    HttpFields trailers = response.getTrailers();
    return trailers == null ? HttpFields.EMPTY : trailers;
  }

  private Response begun(InputStreamResponseListener listener) throws IOException {
    try {
      return listener.get(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      throw new KuboAwayException(endpoint.base(), why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /** Every piece goes out as it comes: progress is told in lines. */
  static void pass(InputStream body, Exchange x) throws IOException {
    if (x.method().equals("HEAD")) {
      return;
    }
    byte[] buffer = new byte[BUFFER_BYTES];
    try (OutputStream out = x.output()) {
      for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
        out.write(buffer, 0, count);
        out.flush();
      }
    }
  }

  @Override
  public void close() {
    try {
      client.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the proxy's HTTP client did not stop", e);
    }
  }
}
