package io.ecluster.service.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every key that we or the Go program write is described. */
class ConfigurationPageTest {
  private static final Set<String> OTHER_STORES = Set.of("pebble", "badger", "badger3", "leveldb");

  @Test
  void everyKeyIsOnThePage() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "configuration.md"));
    Set<String> keys = new TreeSet<>();
    collect(go().fields(), keys);
    collect(made().fields(), keys);

    assertThat(
            keys.stream()
                .filter(key -> !page.contains("`" + key + "`") && !page.contains("." + key + "`"))
                .collect(Collectors.toSet()))
        .isEmpty();
  }

  private static JsonObject made() {
    String text =
        Settings.initialise(
            new JsonObject(Map.of()), Map.of(), new ClusterSettings.Generated("host", ""));
    return Json.parseObject(text);
  }

  private static JsonObject go() throws IOException {
    try (InputStream in = SettingsTest.class.getResourceAsStream("go-service.json")) {
      byte[] bytes = Objects.requireNonNull(in, "go-service.json").readAllBytes();
      return Json.parseObject(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /** The keys of an object and of all in it; what is in a map of the user's own is none. */
  private static void collect(Map<?, ?> json, Set<String> keys) {
    json.forEach((key, value) -> {
      String name = String.valueOf(key);
      if (OTHER_STORES.contains(name)) {
        return;
      }
      if (value instanceof Map<?, ?> object && !name.equals("tags")) {
        collect(object, keys);
      } else {
        keys.add(name);
      }
      if (name.equals("tags") && value instanceof Map<?, ?> tags && tags.containsKey("tags")) {
        collect(tags, keys);
      }
    });
  }
}
