package io.ecluster.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.ecluster.client.Json;
import io.ecluster.client.JsonObject;
import io.ecluster.service.api.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** An OpenAPI description, to which answers are held. */
public final class Description {
  private final JsonObject document;
  private final Map<String, Schema> schemas = new LinkedHashMap<>();
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

  private Description(JsonObject document) {
    this.document = document;
  }

  public static Description parse(String text) {
    return new Description(Json.parseObject(text));
  }

  /** The description that lies beside these routes. */
  public static Description of(Class<?> routes) {
    try (InputStream in =
        Objects.requireNonNull(routes.getResourceAsStream("openapi.json"), "openapi.json")) {
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All operations, each as {@code METHOD PATH}. */
  public Set<String> operations() {
    Set<String> all = new TreeSet<>();
    JsonObject paths = document.object("paths");
    for (String path : paths.keys()) {
      for (String method : paths.object(path).keys()) {
        all.add(method.toUpperCase(Locale.ROOT) + " " + path);
      }
    }
    return all;
  }

  /** Routes of a router, as operations are written. */
  public static Set<String> operations(Router router) {
    Set<String> all = new TreeSet<>();
    router.routes().forEach(route -> all.add(route.replace(":*}", "}")));
    return all;
  }

  /** Fails unless the answer is one that the description has for this operation. */
  public void check(String operation, TestServer.Answer answer) {
    String[] parts = operation.split(" ", 2);
    JsonObject described =
        document.object("paths").object(parts[1]).object(parts[0].toLowerCase(Locale.ROOT));
    JsonObject responses = described.object("responses");
    String status = String.valueOf(answer.status());
    assertThat(responses.keys()).as(operation + ": " + answer.text()).contains(status);
    checkBody(operation, resolve(responses.object(status)), answer);
  }

  private void checkBody(String operation, JsonObject response, TestServer.Answer answer) {
    JsonObject content = response.object("content");
    if (content.keys().isEmpty()) {
      assertThat(answer.text()).as(operation).isEmpty();
      return;
    }
    String type = answer.header("content-type");
    String key = content.has(type) ? type : "*/*";
    assertThat(content.keys()).as(operation + " answers " + type).contains(key);
    JsonObject media = content.object(key);
    if (!type.equals("application/json")) {
      return;
    }
    Schema schema = schema(Json.write(media.get("schema")));
    List<String> documents = media.flag("x-lines") ? answer.lines() : List.of(answer.text());
    assertThat(documents).as(operation).isNotEmpty();
    for (String text : documents) {
      List<String> errors = new ArrayList<>();
      for (Error error : schema.validate(text, InputFormat.JSON)) {
        errors.add(error.toString());
      }
      assertThat(errors).as("%s: %s", operation, text).isEmpty();
    }
  }

  private JsonObject resolve(JsonObject response) {
    String reference = response.text("$ref");
    return reference.isEmpty()
        ? response
        : document
            .object("components")
            .object("responses")
            .object(reference.substring(reference.lastIndexOf('/') + 1));
  }

  /** A schema that may refer to the others. */
  private Schema schema(String text) {
    return Objects.requireNonNull(schemas.computeIfAbsent(text, this::compile));
  }

  private Schema compile(String text) {
    Map<String, @Nullable Object> whole =
        new LinkedHashMap<>(JsonObject.of(Json.parse(text)).fields());
    whole.put("components", document.get("components"));
    return registry.getSchema(Json.write(whole), InputFormat.JSON);
  }
}
