package io.ecluster.service.http;

import java.util.Map;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the requests of a server to its service. */
final class ServiceHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceHandler.class);

  private final HttpService service;
  private final HeaderWatch watch;

  ServiceHandler(HttpService service, HeaderWatch watch) {
    this.service = service;
    this.watch = watch;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    request.addIdleTimeoutListener(_ -> false); // work may be silent for long, as in Go
    Connection connection = request.getConnectionMetaData().getConnection();
    watch.received(connection);
    try {
      answer(new Exchange(request, response, Map.of()), callback);
    } finally {
      watch.answered(connection);
    }
    return true;
  }

  private void answer(Exchange x, Callback callback) {
    try {
      service.handle(x);
      callback.succeeded();
    } catch (Exception e) {
      fail(x, e, callback);
    }
  }

  private void fail(Exchange x, Exception error, Callback callback) {
    if (x.committed()) {
      LOG.debug("answer broken off: {}", Errors.message(error));
      callback.failed(error);
      return;
    }
    x.reset();
    try {
      service.refuse(x, error);
      callback.succeeded();
    } catch (Exception e) {
      callback.failed(e);
    }
  }
}
