package io.ecluster.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Habits that a compiler does not hold. */
class HabitsTest {
  /** Longer files are two things in one. */
  private static final int MAX_LINES = 450;

  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b");
  private static final Pattern SLEEP = Pattern.compile("\\bThread\\.sleep\\(");
  private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\b\\s*[({a-z]");
  private static final Pattern STACK_TRACE = Pattern.compile("\\.printStackTrace\\(");
  private static final Pattern CONSOLE = Pattern.compile("\\bSystem\\.(out|err)\\b");

  @Test
  void nothingIsLeftUnfinished() {
    assertNone(sources(HabitsTest::notThisTest), UNFINISHED);
  }

  @Test
  void testsDoNotSleep() {
    assertNone(sources(path -> notThisTest(path) && path.toString().contains("/src/test/")), SLEEP);
  }

  @Test
  void nothingLocksOnObjects() {
    assertNone(sources(HabitsTest::inMain).filter(HabitsTest::notThisTest), SYNCHRONIZED);
  }

  @Test
  void nobodyPrintsStackTraces() {
    assertNone(sources(HabitsTest::inMain), STACK_TRACE);
  }

  @Test
  void onlyProgramsPrint() {
    assertNone(sources(path -> inMain(path) && !program(path)), CONSOLE);
  }

  @Test
  void filesAreShort() {
    List<String> longOnes =
        sources(path -> true)
            .filter(path -> SourceTree.read(path).lines().count() > MAX_LINES)
            .map(SourceTree::name)
            .toList();
    assertThat(longOnes).as("files of more than %d lines", MAX_LINES).isEmpty();
  }

  @Test
  void everyPackageIsNullMarked() {
    List<String> without =
        sources(HabitsTest::inMain)
            .map(Path::getParent)
            .distinct()
            .filter(folder -> !marked(folder))
            .map(SourceTree::name)
            .toList();
    assertThat(without).isEmpty();
  }

  private static boolean marked(Path folder) {
    Path info = folder.resolve("package-info.java");
    return java.nio.file.Files.exists(info) && SourceTree.read(info).contains("@NullMarked");
  }

  private static Stream<Path> sources(Predicate<Path> wanted) {
    return SourceTree.javaFiles().stream().filter(wanted);
  }

  private static boolean inMain(Path path) {
    return path.toString().contains("/src/main/");
  }

  private static boolean notThisTest(Path path) {
    return !path.endsWith("HabitsTest.java");
  }

  private static boolean program(Path path) {
    String name = SourceTree.name(path);
    return name.startsWith("bench/") || name.endsWith("/Main.java");
  }

  private static void assertNone(Stream<Path> sources, Pattern pattern) {
    assertThat(sources.flatMap(path -> places(path, pattern)))
        .as("places that match " + pattern)
        .isEmpty();
  }

  private static Stream<String> places(Path path, Pattern pattern) {
    return SourceTree.read(path)
        .lines()
        .filter(line -> pattern.matcher(line).find() && !line.strip().startsWith("*"))
        .map(line -> SourceTree.name(path) + ": " + line.strip());
  }
}
