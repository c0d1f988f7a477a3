package io.ecluster.service.config;

import io.ecluster.client.Json;
import io.ecluster.client.JsonException;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A configuration that lies elsewhere: a service.json with nothing but {@code {"source": URL}}. It
 * is fetched at every start.
 */
public final class RemoteConfig {
  /** Many times what all settings take. */
  private static final int MAX_BYTES = 1 << 20;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int FIRST_BAD_STATUS = 300;

  private RemoteConfig() {}

  /** The source could not be asked: it may be reachable later. */
  public static final class Unreachable extends ConfigException {
    Unreachable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * The text of a configuration, fetched if the one given only says where it is.
   *
   * @throws Unreachable if the source does not answer
   * @throws ConfigException if it answers with no configuration
   */
  static String resolve(String json) {
    String source = source(json);
    if (source.isEmpty()) {
      return json;
    }
    String fetched = fetch(source);
    if (!source(fetched).isEmpty()) {
      throw new ConfigException("the configuration at " + source + " refers to another one");
    }
    return fetched;
  }

  private static String source(String json) {
    try {
      JsonObject object = Json.parseObject(json);
      return object.text("source");
    } catch (JsonException e) {
      throw new ConfigException("the configuration cannot be read: " + e.getMessage(), e);
    }
  }

  private static String fetch(String source) {
    try (HttpClient client = client()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(source)).timeout(TIMEOUT).build();
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        return text(source, answer.statusCode(), body);
      }
    } catch (IOException e) {
      throw new Unreachable(
          "could not fetch configuration from source " + source + ": " + reason(e), e);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("no configuration can be fetched from " + source, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unreachable("interrupted while fetching the configuration", e);
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .followRedirects(HttpClient.Redirect.NORMAL)
        .connectTimeout(TIMEOUT)
        .build();
  }

  private static String text(String source, int status, InputStream body) throws IOException {
    if (status >= FIRST_BAD_STATUS) {
      throw new ConfigException("the configuration at " + source + " was refused with " + status);
    }
    byte[] bytes = body.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new ConfigException(
          "the configuration at " + source + " has more than " + MAX_BYTES + " bytes");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
