package io.ecluster.service.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of an API, which lies beside its routes. */
public final class OpenApi {
  private static final String NAME = "openapi.json";

  private OpenApi() {}

  /**
   * Serves it.
   *
   * @param routes whose package holds the description
   */
  public static void serve(Router router, Class<?> routes) {
    byte[] document = read(routes);
    router.addFirst("GET", "/" + NAME, x -> x.answer(200, "application/json", document));
  }

  private static byte[] read(Class<?> routes) {
    try (InputStream in = routes.getResourceAsStream(NAME)) {
      if (in == null) {
        throw new IllegalStateException("there is no " + NAME + " beside " + routes);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
