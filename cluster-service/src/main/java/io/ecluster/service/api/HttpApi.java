package io.ecluster.service.api;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns requests into calls of a route, and what they throw into error documents. */
final class HttpApi extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  private final Router router;
  private final Optional<BasicAuth> auth;
  private final HeaderWatch watch;

  HttpApi(Router router, Optional<BasicAuth> auth, HeaderWatch watch) {
    this.router = router;
    this.auth = auth;
    this.watch = watch;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Connection connection = request.getConnectionMetaData().getConnection();
    watch.received(connection);
    try {
      answer(request, response, callback);
    } finally {
      watch.answered(connection);
    }
    return true;
  }

  private void answer(Request request, Response response, Callback callback) {
    String path = decodedPath(request.getHttpURI());
    Exchange exchange = new Exchange(request, response, Map.of());
    try {
      if (admitted(exchange, request.getMethod(), path)) {
        route(request, response, path);
      }
      callback.succeeded();
    } catch (Exception e) {
      fail(exchange, e, callback);
    }
  }

  private void route(Request request, Response response, String path) throws Exception {
    Exchange plain = new Exchange(request, response, Map.of());
    if (path.length() > 1 && path.endsWith("/")) {
      redirect(plain, request.getHttpURI(), path);
      return;
    }
    Optional<Router.Match> match = router.find(request.getMethod(), path);
    if (match.isPresent()) {
      match.get().handler().handle(new Exchange(request, response, match.get().variables()));
    } else if (router.knows(path) && !mayBeAnotherRoute(request.getMethod())) {
      response.setStatus(405);
    } else {
      throw new ApiException(404, "not found");
    }
  }

  /** Go answers 404 for the methods that some route has, 405 for those that none has. */
  private static boolean mayBeAnotherRoute(String method) {
    return method.equals("GET") || method.equals("POST") || method.equals("DELETE");
  }

  private boolean admitted(Exchange exchange, String method, String path) {
    if (auth.isEmpty() || method.equals("OPTIONS") || path.equals("/health")) {
      return true;
    }
    return auth.get().admits(exchange);
  }

  private static void redirect(Exchange exchange, HttpURI uri, String path) {
    String query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
    exchange.setStatus(307);
    exchange.setHeader("Location", URIUtil.encodePath(path.replaceAll("/+$", "")) + query);
  }

  private static void fail(Exchange exchange, Exception error, Callback callback) {
    if (exchange.committed()) {
      LOG.debug("answer broken off: {}", Errors.message(error));
      callback.failed(error);
      return;
    }
    int status = Errors.status(error);
    if (status >= 500) {
      LOG.warn("request failed: {}", Errors.message(error), LOG.isDebugEnabled() ? error : null);
    }
    exchange.reset();
    exchange.answer(status, ApiJson.error(status, Errors.message(error)));
    callback.succeeded();
  }

  private static String decodedPath(HttpURI uri) {
    String path = uri.getPath();
    return path == null || !path.startsWith("/") ? "/" : decode(path);
  }

  private static String decode(String path) {
    try {
      return URIUtil.decodePath(path);
    } catch (IllegalArgumentException e) {
      return new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
  }
}
