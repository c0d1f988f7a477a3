package io.ecluster.service.api;

import io.ecluster.service.config.HttpApiSettings;
import io.ecluster.service.http.ApiException;
import io.ecluster.service.http.Errors;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpService;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.eclipse.jetty.util.URIUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns requests into calls of a route, and what they throw into error documents. */
public final class HttpApi implements HttpService {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  private final Router router;
  private final Optional<BasicAuth> auth;

  HttpApi(Router router, Optional<BasicAuth> auth) {
    this.router = router;
    this.auth = auth;
  }

  /**
   * Starts listening.
   *
   * @throws io.ecluster.service.config.ConfigException if an address cannot be listened on
   */
  public static HttpServer start(HttpApiSettings settings, RestRoutes routes) {
    HttpServer.Listening listening =
        new HttpServer.Listening(
            "the HTTP API",
            settings.listenAddresses(),
            settings.maxHeaderBytes(),
            settings.timeouts().readHeader(),
            settings.timeouts().idle());
    return HttpServer.start(
        listening, new HttpApi(routes.router(), settings.users().map(BasicAuth::new)));
  }

  @Override
  public void handle(Exchange x) throws Exception {
    String path = decode(x.rawPath());
    if (admitted(x, path)) {
      route(x, path);
    }
  }

  private void route(Exchange x, String path) throws Exception {
    if (path.length() > 1 && path.endsWith("/")) {
      redirect(x, 307, clean(path));
      return;
    }
    if (!clean(path).equals(path)) {
      redirect(x, 301, clean(path));
      return;
    }
    Optional<Router.Match> match = router.find(x.method(), path);
    if (match.isPresent()) {
      match.get().handler().handle(x.with(match.get().variables()));
    } else if (router.refusesMethod(x.method(), path)) {
      x.setStatus(405);
    } else {
      throw new ApiException(404, "not found");
    }
  }

  private boolean admitted(Exchange x, String path) {
    boolean alive = x.method().equals("GET") && path.equals("/health");
    return auth.isEmpty() || alive || x.method().equals("OPTIONS") || auth.get().admits(x);
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

  private static void redirect(Exchange x, int status, String path) {
    String query = x.rawQuery().isEmpty() ? "" : "?" + x.rawQuery();
    x.setStatus(status);
    x.setHeader("Location", URIUtil.encodePath(path) + query);
  }

  @Override
  public void refuse(Exchange x, Exception error) {
    int status = Errors.status(error);
    if (status >= 500) {
      LOG.warn("request failed: {}", Errors.message(error), LOG.isDebugEnabled() ? error : null);
    }
    if (error instanceof ApiException refused) {
      refused.headers().forEach(x::setHeader);
    }
    x.answer(status, ApiJson.error(status, Errors.message(error)));
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
