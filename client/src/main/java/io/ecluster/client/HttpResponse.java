package io.ecluster.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** An answer; its body streams. Header names are in lower case. */
public record HttpResponse(
    int status, Map<String, String> headers, InputStream body, Closeable connection)
    implements Closeable {

  public String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /**
   * The error that the server met after its answer began; empty if none. Only after the body's end.
   */
  public String streamError() {
    return body instanceof ChunkedInput chunked
        ? chunked.trailers().getOrDefault("x-stream-error", "")
        : "";
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
