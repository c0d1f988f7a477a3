package io.ecluster.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every source is as google-java-format prints it. Run with {@code -Dformat.write=true} to rewrite
 * those that are not.
 */
class FormatTest {
  private static final Formatter FORMATTER = new Formatter();

  @Test
  void everySourceIsFormatted() throws Exception {
    List<Path> unformatted =
        SourceTree.javaFiles().parallelStream().filter(FormatTest::differs).toList();
    if (Boolean.getBoolean("format.write")) {
      for (Path path : unformatted) {
        Files.writeString(path, formatted(path));
      }
      return;
    }
    assertThat(unformatted.stream().map(SourceTree::name))
        .as("to format them: mvn -pl tidy -am test -Dtest=FormatTest -Dformat.write=true")
        .isEmpty();
  }

  private static boolean differs(Path path) {
    return !formatted(path).equals(SourceTree.read(path));
  }

  private static String formatted(Path path) {
    try {
      return FORMATTER.formatSource(SourceTree.read(path));
    } catch (FormatterException e) {
      throw new AssertionError(SourceTree.name(path) + ": " + e.getMessage(), e);
    }
  }
}
