package io.github.notesync.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** One owner for each library, and steps that do not know each other in circles. */
class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.github.notesync.server");

    @Test
    void onlyServeKnowsSparkAndJetty() {
        onlyIn("..server.serve..", "spark..", "org.eclipse.jetty..", "javax.servlet..");
    }

    @Test
    void onlyConfigKnowsTheJsonLibrary() {
        onlyIn("..server.config..", "com.fasterxml..");
    }

    @Test
    void onlyWatchKnowsTheNativeWatcher() {
        onlyIn("..server.watch..", "io.methvin..", "com.sun.jna..");
    }

    @Test
    void tarIsLeftToTheProtocol() {
        onlyIn("..nowhere..", "org.apache.commons..");
    }

    private void onlyIn(String owner, String... libraries) {
        noClasses()
                .that()
                .resideOutsideOfPackage(owner)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(libraries)
                .check(classes);
    }

    @Test
    void theServerDoesNotKnowTheAgent() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.github.notesync.agent..")
                .check(classes);
    }

    @Test
    void diffIsPure() {
        noClasses()
                .that()
                .resideInAPackage("..server.diff..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void noStepNeedsItselfThroughOthers() {
        slices().matching("io.github.notesync.server.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(classes);
    }
}
