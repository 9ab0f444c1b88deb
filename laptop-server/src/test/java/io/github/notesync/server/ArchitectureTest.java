package io.github.notesync.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who owns which secret, and which way the data goes. */
class ArchitectureTest {
    private static final String ROOT = "io.github.notesync.server";

    private final JavaClasses server = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    @Test
    void onlyServeKnowsHttp() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".serve")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("spark..", "org.eclipse.jetty..", "javax.servlet..")
                .check(server);
    }

    @Test
    void onlyWatchKnowsWatchServices() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".watch")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.nio.file.WatchService")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("io.methvin..", "com.sun.nio..")
                .check(server);
    }

    @Test
    void onlyIgnoreKnowsJGitAndOnlyConfigKnowsToml() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".ignore")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.eclipse.jgit..")
                .check(server);
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".config")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.tomlj..")
                .check(server);
    }

    @Test
    void nobodyKnowsTheJsonLibrary() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(server);
    }

    @Test
    void diffIsPure() {
        classes()
                .that()
                .resideInAPackage(ROOT + ".diff")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java.lang..",
                        "java.util..",
                        "io.github.notesync.protocol",
                        ROOT + ".diff",
                        ROOT + ".scan",
                        "org.jspecify..")
                .check(server);
    }

    @Test
    void nobodyWritesToTheConsoleButTheTellersAndTheCommands() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT, ROOT + ".tell")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(server);
    }

    @Test
    void theWayOfTheDataHasNoCircle() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(server);
    }
}
