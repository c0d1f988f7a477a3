package io.ecluster.service.api;

import io.ecluster.service.config.HttpApiSettings;
import io.ecluster.service.http.ApiServer;
import io.ecluster.service.http.HttpServer;
import io.ecluster.service.http.HttpWatch;
import java.nio.file.Path;
import java.time.InstantSource;

/** The HTTP API of a peer. */
public final class HttpApi {
  private HttpApi() {}

  /**
   * Starts listening.
   *
   * @param folder where files of the configuration are
   * @param watch told of all requests
   * @throws io.ecluster.service.config.ConfigException if an address cannot be listened on
   */
  public static HttpServer start(
      HttpApiSettings settings,
      RestRoutes routes,
      Path folder,
      InstantSource clock,
      HttpWatch watch) {
    return ApiServer.start(
        new ApiServer.Api("the HTTP API", "restapilog", routes.router(), ApiJson::error),
        settings,
        folder,
        clock,
        watch);
  }
}
