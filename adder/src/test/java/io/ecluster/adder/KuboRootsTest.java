package io.ecluster.adder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The adds of {@link KuboMatrix} against the roots that Kubo gave; the file says how to renew it.
 */
class KuboRootsTest {
  private static final JsonNode FROZEN = load();

  private static JsonNode load() {
    try (InputStream in = KuboRootsTest.class.getResourceAsStream("kubo-matrix.json")) {
      return new JsonMapper().readTree(Objects.requireNonNull(in)).get("roots");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Collection<KuboMatrix.Case> cases() {
    return KuboMatrix.cases();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void givesTheRootsOfKubo(KuboMatrix.Case add) {
    Map<String, String> frozen = new TreeMap<>();
    FROZEN
        .get(add.toString())
        .properties()
        .forEach(entry -> frozen.put(entry.getKey(), entry.getValue().asString()));
    assertThat(add.roots()).isEqualTo(frozen);
  }

  @Test
  void everyFrozenAddIsStillThere() {
    List<String> frozen = new ArrayList<>();
    FROZEN.properties().forEach(entry -> frozen.add(entry.getKey()));
    assertThat(frozen)
        .hasSizeGreaterThan(40)
        .containsExactlyInAnyOrderElementsOf(cases().stream().map(Object::toString).toList());
  }
}
