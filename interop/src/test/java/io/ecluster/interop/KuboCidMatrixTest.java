package io.ecluster.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.adder.KuboMatrix;
import io.ecluster.client.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every CID and size that our adder gives is the one that Kubo gives, of each file and folder.
 *
 * <p>With {@code -Dkubo.matrix.write=FILE} the roots that Kubo gave are written there: the file is
 * {@code kubo-matrix.json} in the test resources of the module {@code adder}, which is checked
 * where there is no Kubo.
 */
@NeedsKubo
class KuboCidMatrixTest {
  private static final String WRITE = System.getProperty("kubo.matrix.write", "");

  @TempDir static Path folder;
  private static final Map<String, Map<String, String>> ROOTS = new LinkedHashMap<>();
  private static KuboProcess kubo;
  private static KuboUpload upload;

  @BeforeAll
  static void start() {
    kubo = KuboProcess.started(folder.resolve("kubo"), Optional.empty());
    upload = new KuboUpload(kubo);
  }

  @AfterAll
  static void stop() throws IOException {
    kubo.close();
    if (!WRITE.isEmpty()) {
      Files.writeString(Path.of(WRITE), frozen());
    }
  }

  static Collection<KuboMatrix.Case> cases() {
    return KuboMatrix.cases();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void everyCidIsThatOfKubo(KuboMatrix.Case add) {
    Map<String, String> theirs = new TreeMap<>();
    upload.add(
        add.kuboQuery(),
        add.entries(),
        event -> theirs.put(event.text("Name"), event.text("Hash") + " " + event.text("Size")));
    Map<String, String> ours = new TreeMap<>();
    add.importTo(_ -> {})
        .forEach((name, event) -> ours.put(name, event.cid().orElseThrow() + " " + event.size()));
    ROOTS.put(add.toString(), roots(theirs, add.wrap()));
    assertThat(ours).isEqualTo(theirs);
  }

  private static Map<String, String> roots(Map<String, String> all, boolean wrap) {
    Map<String, String> roots = new TreeMap<>();
    all.forEach((name, made) -> {
      if (wrap ? name.isEmpty() : !name.contains("/")) {
        roots.put(name, made.split(" ", 2)[0]);
      }
    });
    return roots;
  }

  private static String frozen() {
    String about =
        "Made by KuboCidMatrixTest (module interop) with -Dkubo.matrix.write=FILE, from Kubo 0.42.0;"
            + " the content is described by KuboTrees.";
    return ROOTS.entrySet().stream()
        .map(add -> Json.write(add.getKey()) + ": " + Json.write(add.getValue()))
        .collect(
            Collectors.joining(
                ",\n", "{\n\"about\": " + Json.write(about) + ",\n\"roots\": {\n", "\n}\n}\n"));
  }
}
