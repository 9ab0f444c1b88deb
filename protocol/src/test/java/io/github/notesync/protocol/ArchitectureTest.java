package io.github.notesync.protocol;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** One owner for each library, and nothing that reaches beyond bytes. */
class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.github.notesync.protocol");

    @Test
    void onlyTheJsonReaderAndWriterKnowTheJsonLibrary() {
        noClasses()
                .that(not(belongToAnyOf(ProtocolJson.class, JsonTreeReader.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .check(classes);
    }

    @Test
    void onlyThePayloadReaderAndWriterKnowTheTarLibrary() {
        noClasses()
                .that(not(belongToAnyOf(PayloadReader.class, PayloadWriter.class)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.commons..")
                .check(classes);
    }

    @Test
    void theContractOpensNoSocketAndNoFile() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.file..", "org.zeromq..", "spark..", "org.eclipse..")
                .check(classes);
    }

    @Test
    void theContractKnowsNeitherEnd() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.github.notesync.agent..", "io.github.notesync.server..")
                .check(classes);
    }
}
