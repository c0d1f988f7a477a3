package io.ecluster.tidy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Which module may use which: the table of docs/architecture.md. Maven holds most of it too, but
 * not what comes in by way of another module, and not the order of core's packages.
 */
class LayersTest {
  private static final String BASE = "io.ecluster.";

  private static final Map<String, Set<String>> MODULES =
      Map.ofEntries(
          Map.entry("multiformats", Set.of()),
          Map.entry("ipld", Set.of("multiformats")),
          Map.entry("erasure", Set.of("multiformats", "ipld")),
          Map.entry("libp2p", Set.of("multiformats")),
          Map.entry("ipfs", Set.of("multiformats", "ipld", "libp2p")),
          Map.entry("core", Set.of("multiformats", "ipld", "libp2p", "ipfs")),
          Map.entry("allocator", Set.of("multiformats", "core")),
          Map.entry("adder", Set.of("multiformats", "ipld", "erasure", "core")),
          Map.entry(
              "recovery", Set.of("multiformats", "ipld", "erasure", "ipfs", "core", "allocator")),
          Map.entry("client", Set.of("multiformats")),
          Map.entry("ctl", Set.of("multiformats", "libp2p", "client")));

  /** Core's packages from the bottom up: each may use those before it. */
  private static final List<String> CORE =
      List.of("pin", "state", "consensus", "monitor", "peers", "rpc", "tracker", "cluster");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.ecluster");

  @TestFactory
  Stream<DynamicTest> modulesUseOnlyWhatTheyMay() {
    return MODULES.entrySet().stream()
        .map(module ->
            DynamicTest.dynamicTest(
                module.getKey(), () -> check(module.getKey(), module.getValue())));
  }

  private static void check(String module, Set<String> allowed) {
    classes()
        .that()
        .resideInAPackage(BASE + module + "..")
        .should(useOnly(module, allowed))
        .check(CLASSES);
  }

  private static ArchCondition<JavaClass> useOnly(String module, Set<String> allowed) {
    return new ArchCondition<>("use only " + allowed) {
      @Override
      public void check(JavaClass from, ConditionEvents events) {
        from.getDirectDependenciesFromSelf().stream()
            .filter(d -> d.getTargetClass().getPackageName().startsWith(BASE))
            .filter(d -> !permitted(moduleOf(d.getTargetClass())))
            .forEach(d -> events.add(SimpleConditionEvent.violated(d, d.getDescription())));
      }

      private boolean permitted(String target) {
        return target.equals(module) || allowed.contains(target);
      }
    };
  }

  @Test
  void corePackagesUseOnlyThoseBelow() {
    classes().that().resideInAPackage(BASE + "core..").should(useOnlyBelow()).check(CLASSES);
  }

  private static ArchCondition<JavaClass> useOnlyBelow() {
    return new ArchCondition<>("use only core packages before their own in " + CORE) {
      @Override
      public void check(JavaClass from, ConditionEvents events) {
        int level = level(from);
        from.getDirectDependenciesFromSelf().stream()
            .filter(d -> moduleOf(d.getTargetClass()).equals("core"))
            .filter(d -> level(d.getTargetClass()) > level)
            .forEach(d -> events.add(SimpleConditionEvent.violated(d, d.getDescription())));
      }
    };
  }

  private static int level(JavaClass type) {
    return CORE.indexOf(type.getPackageName().substring((BASE + "core.").length()).split("\\.")[0]);
  }

  private static String moduleOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(BASE) ? name.substring(BASE.length()).split("\\.")[0] : "";
  }
}
