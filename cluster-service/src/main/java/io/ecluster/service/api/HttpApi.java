package io.ecluster.service.api;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
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
    request.addIdleTimeoutListener(_ -> false); // work may be silent for long, as in Go
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
      redirect(plain, 307, request.getHttpURI(), clean(path));
      return;
    }
    if (!clean(path).equals(path)) {
      redirect(plain, 301, request.getHttpURI(), clean(path));
      return;
    }
    Optional<Router.Match> match = router.find(request.getMethod(), path);
    if (match.isPresent()) {
      match.get().handler().handle(new Exchange(request, response, match.get().variables()));
    } else if (router.refusesMethod(request.getMethod(), path)) {
      response.setStatus(405);
    } else {
      throw new ApiException(404, "not found");
    }
  }

  private boolean admitted(Exchange exchange, String method, String path) {
    boolean alive = method.equals("GET") && path.equals("/health");
    return auth.isEmpty() || alive || method.equals("OPTIONS") || auth.get().admits(exchange);
  }

  /** A path without empty parts and dots, as Go's path.Clean makes it. */
  private static String clean(String path) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/")) {
      switch (part) {
        case "", "." -> {}
        case ".." -> parts.pollLast();
        default -> parts.add(part);
      }
    }
    return "/" + String.join("/", parts);
  }

  private static void redirect(Exchange exchange, int status, HttpURI uri, String path) {
    String query = uri.getQuery() == null ? "" : "?" + uri.getQuery();
    exchange.setStatus(status);
    exchange.setHeader("Location", URIUtil.encodePath(path) + query);
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
    if (error instanceof ApiException refused) {
      refused.headers().forEach(exchange::setHeader);
    }
    exchange.answer(status, ApiJson.error(status, Errors.message(error)));
    callback.succeeded();
  }

  private static String decodedPath(HttpURI uri) {
    String path = uri.getPath();
    return path == null || !path.startsWith("/") ? "/" : decode(path);
  }

  /** Semicolons and plus signs are characters like others, as in Go. */
  private static String decode(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }
}
