package io.ecluster.service.http;

import io.ecluster.client.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** One request and its answer, used by one virtual thread. */
public final class Exchange {
  private static final String ROUTE = Exchange.class.getName() + ".route";
  private static final String STREAM_ERROR = "X-Stream-Error";

  private final Request request;
  private final Response response;
  private final Map<String, String> pathVariables;

  public Exchange(Request request, Response response, Map<String, String> pathVariables) {
    this.request = request;
    this.response = response;
    this.pathVariables = pathVariables;
  }

  /** The same, with what the route took from the path. */
  public Exchange with(Map<String, String> variables) {
    return new Exchange(request, response, variables);
  }

  /** Names what answers this request: one of few names, never taken from the request. */
  public void setRoute(String name) {
    request.setAttribute(ROUTE, name);
  }

  /** What answers this request; "none" if nothing does. */
  public String route() {
    return request.getAttribute(ROUTE) instanceof String name ? name : "none";
  }

  /** The status of the answer; 200 until another is set. */
  public int status() {
    return response.getStatus() == 0 ? 200 : response.getStatus();
  }

  /** Bytes of the request's body that were read. */
  public long bytesRead() {
    return Request.getContentBytesRead(request);
  }

  /** Bytes of the answer's body that were written. */
  public long bytesWritten() {
    return Response.getContentBytesWritten(response);
  }

  public String variable(String name) {
    return pathVariables.getOrDefault(name, "");
  }

  public String method() {
    return request.getMethod();
  }

  /** The path as it was sent, beginning with a slash. */
  public String rawPath() {
    String path = request.getHttpURI().getPath();
    return path == null || !path.startsWith("/") ? "/" : path;
  }

  /** The query as it was sent; empty if there is none. */
  public String rawQuery() {
    String query = request.getHttpURI().getQuery();
    return query == null ? "" : query;
  }

  public Query query() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Fields.Field field : Request.extractQueryParameters(request)) {
      parameters.put(field.getName(), field.getValue());
    }
    return new Query(parameters);
  }

  /** All values of one parameter of the query, in their order. */
  public List<String> parameters(String name) {
    List<String> values = Request.extractQueryParameters(request).getValues(name);
    return values == null ? List.of() : List.copyOf(values);
  }

  public String header(String name) {
    String value = request.getHeaders().get(name);
    return value == null ? "" : value;
  }

  /** All headers of the request. */
  public HttpFields headers() {
    return request.getHeaders();
  }

  public InputStream body() {
    return Content.Source.asInputStream(request);
  }

  /** The whole body as text. */
  public String bodyText(int maxBytes) {
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

  public boolean committed() {
    return response.isCommitted();
  }

  /** Takes back status and headers, as long as nothing has been sent. */
  public void reset() {
    response.reset();
  }

  public void setHeader(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /** The headers of the answer. */
  public HttpFields.Mutable answerHeaders() {
    return response.getHeaders();
  }

  public void setStatus(int status) {
    response.setStatus(status);
  }

  /** Answers 200 with one JSON document. */
  public void answer(@Nullable Object json) {
    answer(200, json);
  }

  public void answer(int status, @Nullable Object json) {
    byte[] text = (Json.write(json) + "\n").getBytes(StandardCharsets.UTF_8);
    response.setStatus(status);
    setHeader("Content-Type", "application/json");
    setHeader("Content-Length", String.valueOf(text.length));
    write(text);
  }

  /** Answers with the bytes, unless only the head was asked for. */
  public void answer(int status, String type, byte[] body) {
    response.setStatus(status);
    setHeader("Content-Type", type);
    setHeader("Content-Length", String.valueOf(body.length));
    if (!method().equals("HEAD")) {
      write(body);
    }
  }

  public void answerNothing() {
    response.setStatus(204);
    setHeader("Content-Type", "application/json");
  }

  /** Announces the trailer that carries an error met after the answer began. */
  public StreamTrailer announceTrailer() {
    StreamTrailer trailer = new StreamTrailer();
    setHeader("Trailer", STREAM_ERROR);
    response.setTrailersSupplier(trailer::fields);
    return trailer;
  }

  /** What goes behind the last byte; asked for then. */
  public void setTrailers(Supplier<HttpFields> trailers) {
    response.setTrailersSupplier(trailers);
  }

  /** The answer's body. */
  public OutputStream output() {
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
  public static final class StreamTrailer {
    private final HttpFields.Mutable fields = HttpFields.build();

    public void set(String text) {
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
