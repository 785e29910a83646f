package dev.remora.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.Lock;
import java.util.stream.BaseStream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of the house that a compiler can check. */
final class ArchitectureTest {
  private static final String[] CORE = {
    "..raft..", "..mvcc..", "..tree..", "..lease..", "..watch..", "..auth..", "..apply.."
  };
  private static final String[] EDGE = {
    "..server.api..",
    "..server.storage..",
    "..server.peer..",
    "..server.health..",
    "..server.config..",
    "..server.tls..",
    "..server.notice.."
  };
  private static final String DRIVER = "..server.replica..";

  /** Generated messages are left out: their style is protoc's. */
  private static final ImportOption NOT_GENERATED =
      (Location location) -> !location.contains("/proto/");

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(NOT_GENERATED)
          .importPackages("dev.remora.server");

  @ParameterizedTest
  @MethodSource("rules")
  void holds(ArchRule rule) {
    rule.allowEmptyShould(true).check(PRODUCTION);
  }

  static List<ArchRule> rules() {
    return List.of(
        noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "io.vertx..",
                    "io.netty..",
                    "java.io..",
                    "java.net..",
                    "java.nio.channels..",
                    "java.nio.file..",
                    "org.slf4j.."))
            .because("the cores do no I/O and do not log"),
        noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(
                Thread.class,
                java.time.Clock.class,
                Lock.class,
                ConcurrentMap.class,
                java.util.concurrent.ThreadLocalRandom.class)
            .because("time, threads, locks and chance are the driver's"),
        noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .callMethod(Set.class, "copyOf", Collection.class)
            .orShould()
            .callMethod(Map.class, "copyOf", Map.class)
            .orShould()
            .callMethod(BaseStream.class, "parallel")
            .orShould()
            .callMethod(System.class, "identityHashCode", Object.class)
            .because(
                "their order changes from one JVM to the next, and a seed must mean one history"),
        fields()
            .that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(CORE)
            .should()
            .notHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.VOLATILE)
            .because("a core has one writer"),
        noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGE)
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage(DRIVER)
            .because("arrows point inward: edge, driver, core"),
        noClasses()
            .that()
            .resideInAPackage(DRIVER)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(EDGE)
            .because("arrows point inward: the driver owns the ports that the edges implement"),
        fields()
            .that()
            .areStatic()
            .and()
            .doNotHaveName("$assertionsDisabled")
            .should()
            .beFinal()
            .because("there is no static mutable state"),
        noClasses()
            .should()
            .resideInAnyPackage(
                "..impl..",
                "..util..",
                "..utils..",
                "..common..",
                "..model..",
                "..models..",
                "..handler..",
                "..handlers..",
                "..manager..",
                "..helper..",
                "..misc..")
            .because("a package is a feature, named with the field's own noun"),
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.remora.server.config..")
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .because("only config reads the environment"),
        classes()
            .should(
                be(
                    describe(
                        "in a @NullMarked package",
                        (JavaClass type) -> type.getPackage().isAnnotatedWith(NullMarked.class)))),
        slices().matching("dev.remora.server.(*)..").should().beFreeOfCycles());
  }
}
