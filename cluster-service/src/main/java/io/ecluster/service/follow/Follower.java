package io.ecluster.service.follow;

import io.ecluster.client.ApiClient;
import io.ecluster.client.Endpoint;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.service.config.Folder;
import io.ecluster.service.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A peer that follows one cluster.
 *
 * @param name what the cluster is called here
 * @param path the folder of the peer
 */
record Follower(String name, Path path, Map<String, String> environment) {
  private static final String LISTEN = "CLUSTER_RESTAPI_HTTPLISTENMULTIADDRESS";
  private static final Duration API_TIMEOUT = Duration.ofMinutes(1);

  /** What a published configuration cannot change: a follower changes no pins and tells nobody. */
  private static final Map<String, String> FIXED =
      Map.of(
          "CLUSTER_FOLLOWERMODE", "true",
          "CLUSTER_METRICS_ENABLESTATS", "false",
          "CLUSTER_TRACING_ENABLETRACING", "false");

  boolean initialised() {
    return Files.exists(path);
  }

  Folder folder() {
    return new Folder(path);
  }

  /**
   * The published configuration, as followers run it: with the HTTP API alone, on a socket in the
   * peer's folder unless the environment says otherwise.
   *
   * @throws io.ecluster.service.config.RemoteConfig.Unreachable if it cannot be fetched
   */
  Settings settings() {
    Map<String, @Nullable Object> json =
        new LinkedHashMap<>(Json.parseObject(folder().settingsText()).fields());
    json.remove("observations");
    json.put("api", Map.of("restapi", Map.of("http_listen_multiaddress", socket())));
    return Settings.load(Json.write(json), fixedEnvironment());
  }

  /** Without asking anybody: what is true of a follower wherever its configuration lies. */
  Settings localSettings() {
    return Settings.load("{}", fixedEnvironment());
  }

  Map<String, String> fixedEnvironment() {
    Map<String, String> fixed = new HashMap<>(environment);
    fixed.putAll(FIXED);
    return fixed;
  }

  private String socket() {
    return "/unix/" + path.resolve("api-socket");
  }

  ApiClient api() {
    String address = environment.getOrDefault(LISTEN, "");
    return new ApiClient(
        List.of(Endpoint.parse(address.isEmpty() ? socket() : address)),
        Optional.empty(),
        API_TIMEOUT);
  }

  /** The address that the configuration comes from. */
  String source() {
    return JsonObject.of(Json.parse(folder().localText())).text("source");
  }
}
