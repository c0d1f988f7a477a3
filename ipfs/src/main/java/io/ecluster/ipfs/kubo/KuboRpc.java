package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.io.Transport;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls of Kubo's RPC API over HTTP. Every failure is an {@link IpfsException} that says which. */
final class KuboRpc implements AutoCloseable {
  /** Connections at a time; more calls than that wait for one. */
  static final int MAX_CONNECTIONS = 64;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Kubo closes idle connections after a while; we do so first. */
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(30);

  /** Of an error's text. */
  private static final int MAX_ERROR_BYTES = 16 * 1024;

  private static final int MAX_THREADS = 16;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final KuboSettings settings;
  private final KuboEndpoint endpoint;
  private final HttpClient http;

  KuboRpc(KuboSettings settings) {
    this.settings = settings;
    this.endpoint = KuboEndpoint.of(settings.address(), settings.https());
    this.http = client();
  }

  private static HttpClient client() {
    QueuedThreadPool threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("kubo");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    HttpClient client = new HttpClient();
    client.setExecutor(threads);
    client.setMaxConnectionsPerDestination(MAX_CONNECTIONS);
    client.setConnectTimeout(CONNECT_TIMEOUT.toMillis());
    client.setIdleTimeout(IDLE_TIMEOUT.toMillis());
    client.setFollowRedirects(false);
    client.setUserAgentField(null);
    try {
      client.start();
      return client;
    } catch (Exception e) {
      throw new IpfsException("the HTTP client cannot start: " + e.getMessage(), e);
    }
  }

  /** A call under construction: name, arguments, body. */
  final class Call {
    private final String name;
    private final StringBuilder query = new StringBuilder();
    private Duration timeout = settings.requestTimeout();
    private Optional<MultipartBlocks> body = Optional.empty();

    private Call(String name) {
      this.name = name;
    }

    Call with(String key, String value) {
      query
          .append(query.isEmpty() ? '?' : '&')
          .append(key)
          .append('=')
          .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
      return this;
    }

    Call arg(Object value) {
      return with("arg", value.toString());
    }

    Call body(MultipartBlocks blocks) {
      this.body = Optional.of(blocks);
      return this;
    }

    /** How long the answer may take to begin, and pause. */
    Call within(Duration longest) {
      this.timeout = longest;
      return this;
    }

    /** Sends it and waits for the answer to begin; close the answer. */
    Answer send() {
      try {
        return sendOnce();
      } catch (StaleConnectionException e) {
        return sendOnce();
      }
    }

    private Answer sendOnce() {
      InputStreamResponseListener listener = new InputStreamResponseListener();
      Request request = request();
      request.send(listener);
      try {
        Response response = listener.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        Answer answer = new Answer(this, request, response, listener.getInputStream());
        if (response.getStatus() != 200) {
          throw refused(response.getStatus(), answer);
        }
        return answer;
      } catch (InterruptedException e) {
        request.abort(e);
        Thread.currentThread().interrupt();
        throw new IpfsException(name + " at " + where() + " was interrupted", e);
      } catch (TimeoutException e) {
        request.abort(e);
        throw silent(e);
      } catch (ExecutionException e) {
        throw failed(e.getCause() == null ? e : e.getCause());
      }
    }

    private Request request() {
      Request request =
          http.newRequest(endpoint.base() + "/api/v0/" + name + query)
              .method("POST")
              .idleTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
      endpoint.socket().ifPresent(path -> request.transport(new Transport.TCPUnix(path)));
      if (!settings.authorization().isEmpty()) {
        request.headers(fields -> fields.put("Authorization", settings.authorization()));
      }
      body.ifPresent(blocks -> request.body(blocks.content()));
      return request;
    }

    private IpfsException refused(int status, Answer answer) {
      String text;
      try (answer) {
        byte[] bytes = answer.stream().readNBytes(MAX_ERROR_BYTES);
        text = new String(bytes, StandardCharsets.UTF_8).strip();
      } catch (IOException e) {
        text = "";
      }
      return switch (status) {
        case 401, 403 ->
            new IpfsException(
                "Kubo at %s refuses %s (HTTP %d): set ipfshttp.api_auth to what its API.Authorizations asks for"
                    .formatted(where(), name, status));
        case 404 ->
            new IpfsException(
                "%s is not known at %s: is it the RPC API of Kubo?".formatted(name, where()));
        default -> new KuboErrorException(name, message(text, status));
      };
    }

    private static String message(String text, int status) {
      try {
        String message = JSON.readTree(text).path("Message").asString("");
        return message.isEmpty() ? "HTTP " + status : message;
      } catch (JacksonException e) {
        return text.isEmpty() ? "HTTP " + status : "HTTP " + status + ": " + text;
      }
    }

    /** What a failure of the connection means. */
    IpfsException failed(Throwable cause) {
      if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
        return cause instanceof SocketTimeoutException ? unreachable(cause) : silent(cause);
      }
      if (cause instanceof ConnectException || cause instanceof java.net.SocketException) {
        return unreachable(cause);
      }
      if (cause instanceof EofException || cause instanceof ClosedChannelException) {
        return new StaleConnectionException(broken(cause), cause);
      }
      if (cause instanceof java.net.UnknownHostException
          || cause instanceof java.nio.channels.UnresolvedAddressException) {
        return unreachable(cause);
      }
      return new IpfsException(broken(cause), cause);
    }

    private IpfsException unreachable(Throwable cause) {
      return new IpfsException(
          "Kubo at %s cannot be reached: %s; is its daemon running?"
              .formatted(where(), detail(cause)),
          cause);
    }

    private IpfsException silent(Throwable cause) {
      return new IpfsException(
          "Kubo at %s has not answered %s within %d s"
              .formatted(where(), name, timeout.toSeconds()),
          cause);
    }

    private String broken(Throwable cause) {
      return "%s at Kubo, %s, broke off: %s".formatted(name, where(), detail(cause));
    }
  }

  private static String detail(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private String where() {
    return settings.address().toString();
  }

  /** The connection ended before an answer began: Kubo had closed it, or is going down. */
  private static final class StaleConnectionException extends IpfsException {
    private StaleConnectionException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  Call call(String name) {
    return new Call(name);
  }

  /** An answer that has begun. */
  static final class Answer implements AutoCloseable {
    private final Call call;
    private final Request request;
    private final Response response;
    private final InputStream stream;
    private boolean ended;

    private Answer(Call call, Request request, Response response, InputStream stream) {
      this.call = call;
      this.request = request;
      this.response = response;
      this.stream = stream;
    }

    InputStream stream() {
      return stream;
    }

    /**
     * The whole answer.
     *
     * @throws IpfsException if it is longer than this
     */
    byte[] bytes(int max) {
      try {
        byte[] bytes = stream.readNBytes(max + 1);
        if (bytes.length > max) {
          throw new IpfsException(
              "%s at Kubo answered more than %d bytes".formatted(call.name, max));
        }
        requireComplete();
        return bytes;
      } catch (IOException e) {
        throw call.failed(rootOf(e));
      }
    }

    /** The answer, when it is one small document. */
    JsonNode json() {
      try (JsonLines lines = new JsonLines(this, call.name)) {
        return lines.next().orElseThrow(() -> new KuboErrorException(call.name, "empty answer"));
      }
    }

    JsonLines lines() {
      return new JsonLines(this, call.name);
    }

    /** What failed while the answer was sent, Kubo says behind it. */
    void requireComplete() {
      ended = true;
      String error =
          response.getTrailers() == null ? null : response.getTrailers().get("X-Stream-Error");
      if (error != null && !error.isEmpty()) {
        throw new KuboErrorException(call.name, error);
      }
    }

    IpfsException failed(IOException e) {
      return call.failed(rootOf(e));
    }

    private static Throwable rootOf(IOException e) {
      return e.getCause() == null ? e : e.getCause();
    }

    /** Ends the call if it has not ended. */
    @Override
    public void close() {
      if (!ended) {
        request.abort(new IOException("not needed any more"));
      }
    }
  }

  @Override
  public void close() {
    try {
      http.stop();
    } catch (Exception e) {
      throw new IpfsException("the HTTP client did not stop cleanly", e);
    }
  }
}
