package io.ecluster.service.http;

import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the requests of a server to its service. */
final class ServiceHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceHandler.class);

  private final HttpService service;
  private final ConnectionWatch watch;
  private final HttpWatch requests;

  ServiceHandler(HttpService service, ConnectionWatch watch, HttpWatch requests) {
    this.service = service;
    this.watch = watch;
    this.requests = requests;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    request.addIdleTimeoutListener(_ -> false); // work may be silent for long, as in Go
    Connection connection = request.getConnectionMetaData().getConnection();
    ConnectionWatch.Work work = watch.received(connection);
    if (hasNoBody(request)) {
      work.received();
    }
    try {
      answer(new Exchange(new Watched(request, work), response, Map.of()), callback);
    } finally {
      watch.answered(connection);
    }
    return true;
  }

  private static boolean hasNoBody(Request request) {
    return request.getLength() <= 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
  }

  /** Tells when the last of a request has been read. */
  private static final class Watched extends Request.Wrapper {
    private final ConnectionWatch.Work work;

    Watched(Request request, ConnectionWatch.Work work) {
      super(request);
      this.work = work;
    }

    @Override
    public Content.@Nullable Chunk read() {
      Content.@Nullable Chunk chunk = super.read();
      if (chunk != null && chunk.isLast()) {
        work.received();
      }
      return chunk;
    }
  }

  private void answer(Exchange x, Callback callback) {
    HttpWatch.UnderWay request = requests.begun(x);
    Optional<Exception> broken = answer(x);
    request.ended(broken);
    broken.ifPresentOrElse(callback::failed, callback::succeeded);
  }

  /** Why the answer is not whole. */
  private Optional<Exception> answer(Exchange x) {
    try {
      service.handle(x);
      return Optional.empty();
    } catch (Exception e) {
      return fail(x, e);
    }
  }

  private Optional<Exception> fail(Exchange x, Exception error) {
    if (x.committed()) {
      LOG.debug("answer broken off: {}", Errors.message(error));
      return Optional.of(error);
    }
    x.reset();
    try {
      service.refuse(x, error);
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of(e);
    }
  }
}
