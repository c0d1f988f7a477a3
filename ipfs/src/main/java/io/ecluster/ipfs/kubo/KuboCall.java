package io.ecluster.ipfs.kubo;

import io.ecluster.ipfs.IpfsException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A call of Kubo's RPC API: name, arguments, body, and how it ended. */
final class KuboCall {
  /** Of an error's text. */
  private static final int MAX_ERROR_BYTES = 16 * 1024;

  /** Of a text that is not Kubo's, in a message. */
  private static final int MAX_SHOWN = 200;

  private static final JsonMapper JSON = JsonMapper.shared();

  private final KuboRpc rpc;
  private final String name;
  private final StringBuilder query = new StringBuilder();
  private Duration timeout;
  private Optional<CarUpload> body = Optional.empty();

  KuboCall(KuboRpc rpc, String name, Duration timeout) {
    this.rpc = rpc;
    this.name = name;
    this.timeout = timeout;
  }

  KuboCall with(String key, String value) {
    query
        .append(query.isEmpty() ? '?' : '&')
        .append(key)
        .append('=')
        .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    return this;
  }

  KuboCall arg(Object value) {
    return with("arg", value.toString());
  }

  KuboCall body(CarUpload blocks) {
    this.body = Optional.of(blocks);
    return this;
  }

  /** How long a whole answer may take; or, of a streamed one, its begin and each pause. */
  KuboCall within(Duration longest) {
    this.timeout = longest;
    return this;
  }

  /** The one document of an answer. */
  JsonNode json() {
    try (KuboAnswer answer = whole(JsonLines.MAX_LINE_BYTES);
        JsonLines lines = answer.lines()) {
      JsonNode document = lines.next().orElseThrow(() -> wrong("nothing"));
      if (lines.next().isPresent()) {
        throw wrong("more than one document");
      }
      return document;
    }
  }

  private IpfsException wrong(String what) {
    return new IpfsException(name + " was answered with " + what + ": is it Kubo?");
  }

  /** The bytes of an answer, at most so many. */
  byte[] bytes(int max) {
    try (KuboAnswer answer = whole(max)) {
      return answer.bytes(max);
    }
  }

  /** The documents of an answer as they arrive; close them. */
  JsonLines lines() {
    return again(() -> begun(false)).lines();
  }

  /**
   * An answer that is here, or of which more has come than {@code max} bytes. While a body goes up
   * it may come in pieces: what Kubo says then may be why it takes no more.
   */
  private KuboAnswer whole(int max) {
    return again(() -> body.isPresent() ? begun(true) : gathered(max));
  }

  /** A connection that Kubo has closed in the meantime is found out by using it: once more then. */
  private static KuboAnswer again(Supplier<KuboAnswer> call) {
    try {
      return call.get();
    } catch (KuboFailures.BrokenException e) {
      return call.get();
    }
  }

  private KuboAnswer gathered(int max) {
    WholeAnswer whole = new WholeAnswer(max + 1);
    return send(request(true), whole, whole::await, whole::stream);
  }

  private KuboAnswer begun(boolean whole) {
    InputStreamResponseListener listener = new InputStreamResponseListener();
    return send(request(whole), listener, listener::get, listener::getInputStream);
  }

  private interface Await {
    Response response(long timeout, TimeUnit unit)
        throws InterruptedException, TimeoutException, ExecutionException;
  }

  private KuboAnswer send(
      Request request,
      Response.CompleteListener listener,
      Await await,
      Supplier<InputStream> content) {
    KuboFailures failures = new KuboFailures(name, rpc.where(), timeout);
    try {
      request.send(listener);
      Response response = await.response(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return accepted(new KuboAnswer(failures, request, response, content.get()));
    } catch (InterruptedException e) {
      request.abort(e);
      throw failures.interrupted(e);
    } catch (TimeoutException e) {
      request.abort(e);
      throw failures.of(e);
    } catch (ExecutionException e) {
      throw failures.of(e.getCause() == null ? e : e.getCause());
    }
  }

  private Request request(boolean whole) {
    Request request = rpc.post(name + query).idleTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    if (whole) {
      request.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
    body.ifPresent(blocks -> request.body(blocks.content()));
    return request;
  }

  private KuboAnswer accepted(KuboAnswer answer) {
    if (answer.status() == 200) {
      return answer;
    }
    try (answer) {
      throw refused(answer);
    }
  }

  private IpfsException refused(KuboAnswer answer) {
    int status = answer.status();
    String text = new String(answer.read(MAX_ERROR_BYTES), StandardCharsets.UTF_8).strip();
    return switch (status) {
      case 401, 403 ->
          new IpfsException(
              "Kubo at %s refuses %s (HTTP %d): set ipfshttp.api_auth to what its API.Authorizations asks for"
                  .formatted(rpc.where(), name, status));
      case 301, 302, 303, 307, 308, 404, 405 ->
          new IpfsException(
              "%s is not known at %s (HTTP %d): is it the RPC API of Kubo?"
                  .formatted(name, rpc.where(), status));
      default ->
          message(text)
              .<IpfsException>map(message -> new KuboErrorException(name, message))
              .orElseGet(() -> unexplained(status, text));
    };
  }

  private static Optional<String> message(String text) {
    try {
      String message = JSON.readTree(text).path("Message").asString("");
      return message.isEmpty() ? Optional.empty() : Optional.of(message);
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private IpfsException unexplained(int status, String text) {
    String shown = text.substring(0, Math.min(MAX_SHOWN, text.length())).replaceAll("\\s+", " ");
    return new IpfsException(
        "Kubo at %s answers %s with HTTP %d%s"
            .formatted(rpc.where(), name, status, shown.isEmpty() ? "" : ": " + shown));
  }
}
