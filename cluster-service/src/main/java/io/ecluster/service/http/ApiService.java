package io.ecluster.service.http;

import io.ecluster.service.config.HttpApiSettings;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.eclipse.jetty.util.URIUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the APIs have in common: users, pages of other sites, paths, and what an error becomes. A
 * request meets them in this order; one that nobody may make is told neither of routes nor of
 * redirects.
 */
final class ApiService implements HttpService {
  private static final Logger LOG = LoggerFactory.getLogger(ApiService.class);

  private final Router router;
  private final Optional<Users> users;
  private final Cors cors;
  private final Map<String, List<String>> headers;
  private final BiFunction<Integer, String, Object> errorDocument;

  /**
   * @param errorDocument of a status and a message
   */
  ApiService(
      Router router,
      HttpApiSettings settings,
      BiFunction<Integer, String, Object> errorDocument,
      InstantSource clock) {
    this.router = router;
    this.users = settings.users().map(passwords -> new Users(passwords, clock));
    this.cors = new Cors(settings.cors());
    this.headers = settings.headers();
    this.errorDocument = errorDocument;
    router.add("POST", "/token", this::token).add("GET", "/health", Exchange::answerNothing);
  }

  @Override
  public void handle(Exchange x) throws Exception {
    String path = decode(x.rawPath());
    addHeaders(x);
    if (!isOpen(x, path) && users.isPresent() && isRefused(x, users.get())) {
      return;
    }
    if (Cors.isPreflight(x)) {
      cors.preflight(x);
      return;
    }
    cors.actual(x);
    route(x, path);
  }

  private boolean isRefused(Exchange x, Users known) {
    return switch (known.look(x)) {
      case Users.Outcome.Admitted _ -> false;
      case Users.Outcome.Refused(String message, List<String> challenges) -> {
        challenges.forEach(text -> x.answerHeaders().add("WWW-Authenticate", text));
        x.answer(401, errorDocument.apply(401, message));
        yield true;
      }
    };
  }

  private void addHeaders(Exchange x) {
    headers.forEach((name, values) -> values.forEach(value -> x.answerHeaders().add(name, value)));
  }

  /** Whether everybody may ask. */
  private static boolean isOpen(Exchange x, String path) {
    return x.method().equals("OPTIONS") || (x.method().equals("GET") && path.equals("/health"));
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
      x.setRoute(match.get().route());
      match.get().handler().handle(x.with(match.get().variables()));
    } else if (router.refusesMethod(x.method(), path)) {
      x.setStatus(405);
    } else {
      throw new ApiException(404, "not found");
    }
  }

  private void token(Exchange x) {
    if (users.isPresent() && users.get().look(x) instanceof Users.Outcome.Admitted(String user)) {
      x.answer(Map.of("token", users.get().token(user)));
    } else {
      throw new ApiException(401, "unauthorized");
    }
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
    addHeaders(x);
    if (status != 401) {
      cors.actual(x);
    }
    if (error instanceof ApiException refused) {
      refused.headers().forEach((name, values) -> x.answerHeaders().put(name, values));
    }
    x.answer(status, errorDocument.apply(status, Errors.message(error)));
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
