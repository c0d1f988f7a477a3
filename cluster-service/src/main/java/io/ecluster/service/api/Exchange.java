package io.ecluster.service.api;

import io.ecluster.client.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** One request and its answer, used by one virtual thread. */
final class Exchange {
  private static final String STREAM_ERROR = "X-Stream-Error";

  private final Request request;
  private final Response response;
  private final Map<String, String> pathVariables;

  Exchange(Request request, Response response, Map<String, String> pathVariables) {
    this.request = request;
    this.response = response;
    this.pathVariables = pathVariables;
  }

  String variable(String name) {
    return pathVariables.getOrDefault(name, "");
  }

  Query query() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Fields.Field field : Request.extractQueryParameters(request)) {
      parameters.put(field.getName(), field.getValue());
    }
    return new Query(parameters);
  }

  String header(String name) {
    String value = request.getHeaders().get(name);
    return value == null ? "" : value;
  }

  InputStream body() {
    return Content.Source.asInputStream(request);
  }

  /** The whole body as text. */
  String bodyText(int maxBytes) {
    try (InputStream in = body()) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw ApiException.badRequest("request body is larger than " + maxBytes + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean committed() {
    return response.isCommitted();
  }

  /** Takes back status and headers, as long as nothing has been sent. */
  void reset() {
    response.reset();
  }

  void setHeader(String name, String value) {
    response.getHeaders().put(name, value);
  }

  void setStatus(int status) {
    response.setStatus(status);
  }

  /** Answers 200 with one JSON document. */
  void answer(@Nullable Object json) {
    answer(200, json);
  }

  void answer(int status, @Nullable Object json) {
    response.setStatus(status);
    setHeader("Content-Type", "application/json");
    write((Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void answerNothing() {
    response.setStatus(204);
    setHeader("Content-Type", "application/json");
  }

  /** Announces the trailer that carries an error met after the answer began. */
  StreamTrailer announceTrailer() {
    StreamTrailer trailer = new StreamTrailer();
    setHeader("Trailer", STREAM_ERROR);
    response.setTrailersSupplier(trailer::fields);
    return trailer;
  }

  /** The answer's body. */
  OutputStream output() {
    return Content.Sink.asOutputStream(response);
  }

  private void write(byte[] bytes) {
    try (OutputStream out = output()) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What goes behind the last byte. */
  static final class StreamTrailer {
    private final HttpFields.Mutable fields = HttpFields.build();

    void set(String text) {
      String line = text.replaceAll("\\p{Cntrl}+", " ");
      // Jetty writes one byte for each character: these are the bytes of UTF-8, which Go sends.
      byte[] utf8 = line.getBytes(StandardCharsets.UTF_8);
      fields.put(new HttpField(STREAM_ERROR, new String(utf8, StandardCharsets.ISO_8859_1)));
    }

    private HttpFields fields() {
      return fields;
    }
  }
}
