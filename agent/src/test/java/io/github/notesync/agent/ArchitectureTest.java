package io.github.notesync.agent;

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
            .importPackages("io.github.notesync.agent");

    @Test
    void onlyReceiveKnowsZeroMq() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..agent.receive..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.zeromq..")
                .check(classes);
    }

    @Test
    void jsonAndTarAreLeftToTheProtocol() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.fasterxml..", "org.apache.commons.compress..")
                .check(classes);
    }

    @Test
    void theAgentDoesNotKnowTheServer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.github.notesync.server..")
                .check(classes);
    }

    @Test
    void planIsPure() {
        noClasses()
                .that()
                .resideInAPackage("..agent.plan..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void noStepNeedsItselfThroughOthers() {
        slices().matching("io.github.notesync.agent.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(classes);
    }
}
