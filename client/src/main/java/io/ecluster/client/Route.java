package io.ecluster.client;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A way to an API. */
public interface Route {
  /** What goes into the Host header. */
  String hostHeader();

  /**
   * Where to connect, one after the other. Names are looked up here, so that one that is not known
   * does not keep other routes from being tried.
   */
  List<Dialer> dialers() throws IOException;

  /** What stands before the path in a request: nothing, unless a proxy has to be told the host. */
  default String targetPrefix() {
    return "";
  }

  /** Headers that this way needs, beside those of the API. */
  default Map<String, String> headers() {
    return Map.of();
  }

  /** The API for people, as the beginning of a URL. */
  default String url() {
    return "http://" + hostHeader();
  }
}
