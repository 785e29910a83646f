package dev.remora.torture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The tester knows the server from outside only. */
final class BlackBoxTest {
  @Test
  void theTesterUsesNothingOfTheServer() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.remora.torture..", "dev.remora.server.linearizable..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("dev.remora.server..")
                .and(resideOutsideOfPackage("dev.remora.server.linearizable..")))
        .because("what it shares with the server it cannot find wrong")
        .check(
            new ClassFileImporter()
                .importPackages("dev.remora.torture", "dev.remora.server.linearizable"));
  }
}
