package io.ecluster.service.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the route of a request. Patterns are like {@code /pins/{hash}}; {@code {path:*}} takes all
 * that follows.
 */
public final class Router {
  private final List<Route> routes = new ArrayList<>();

  /** Answers one kind of request. */
  @FunctionalInterface
  public interface Handler {
    void handle(Exchange exchange) throws Exception;
  }

  /** A route that fits, with the values of its variables. */
  record Match(Handler handler, Map<String, String> variables, String route) {}

  private record Route(String method, String text, List<String> pattern, Handler handler) {}

  public Router add(String method, String pattern, Handler handler) {
    routes.add(new Route(method, pattern, segments(pattern), handler));
    return this;
  }

  /** Adds a route before all others. */
  public Router addFirst(String method, String pattern, Handler handler) {
    routes.addFirst(new Route(method, pattern, segments(pattern), handler));
    return this;
  }

  /** All routes, each as {@code METHOD PATTERN}. */
  public List<String> routes() {
    return routes.stream().map(route -> route.method() + " " + route.text()).toList();
  }

  Optional<Match> find(String method, String path) {
    List<String> segments = segments(path);
    for (Route route : routes) {
      if (route.method().equals(method)) {
        Optional<Map<String, String>> variables = variables(route.pattern(), segments);
        if (variables.isPresent()) {
          return Optional.of(new Match(route.handler(), variables.get(), route.text()));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Whether a request that no route fits is told that its method is wrong. As in Go, a route with
   * that method which comes behind the one with the path makes it "not found" instead.
   */
  boolean refusesMethod(String method, String path) {
    List<String> segments = segments(path);
    boolean refused = false;
    for (Route route : routes) {
      refused =
          !route.method().equals(method)
              && (refused || variables(route.pattern(), segments).isPresent());
    }
    return refused;
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(1).split("/", -1));
  }

  private static Optional<Map<String, String>> variables(List<String> pattern, List<String> path) {
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String wanted = pattern.get(i);
      if (wanted.endsWith(":*}") && i < path.size()) {
        variables.put(name(wanted), String.join("/", path.subList(i, path.size())));
        return Optional.of(variables);
      }
      if (i >= path.size() || !fits(wanted, path.get(i), variables)) {
        return Optional.empty();
      }
    }
    return pattern.size() == path.size() ? Optional.of(variables) : Optional.empty();
  }

  private static boolean fits(String wanted, String actual, Map<String, String> variables) {
    if (wanted.startsWith("{") && !actual.isEmpty()) {
      variables.put(name(wanted), actual);
      return true;
    }
    return wanted.equals(actual);
  }

  private static String name(String variable) {
    return variable.substring(1, variable.length() - 1).replace(":*", "");
  }
}
