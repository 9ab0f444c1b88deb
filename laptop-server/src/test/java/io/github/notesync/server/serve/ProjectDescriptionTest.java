package io.github.notesync.server.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From which of its directories a project is imported, where nobody configured it. */
class ProjectDescriptionTest {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "shop/__init__.py, false",
        "src/shop/__init__.py, true",
        "src/shop.py, true",
        "src/acme/billing/__init__.py, true",
        "src/acme/eu/billing/vat.py, true",
        "src/__init__.py, false",
        "src/main/java/Shop.java, false",
    })
    void theSourceLayout(String file, boolean isImportedFromSrc) throws Exception {
        Path there = directory.resolve("project").resolve(file);
        Files.createDirectories(there.getParent());
        Files.writeString(there, "");
        try (RunningServer server = new RunningServer(directory)) {
            assertThat(server.http()
                            .token(server.pair(null))
                            .get("/v1/project")
                            .json()
                            .strings("python_paths"))
                    .isEqualTo(isImportedFromSrc ? List.of("", "src") : List.of(""));
        }
    }
}
