package io.ecluster.service.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers to what is no proper HTTP, in words as short as Go's. Nothing of the request, or of what
 * failed, is repeated.
 */
final class PlainErrors extends ErrorHandler {
  private static final String TYPE = "text/plain; charset=utf-8";

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int code,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, TYPE);
    response.write(true, ByteBuffer.wrap(text(code)), callback);
  }

  private static byte[] text(int status) {
    return (status + " " + HttpStatus.getMessage(status)).getBytes(StandardCharsets.UTF_8);
  }
}
