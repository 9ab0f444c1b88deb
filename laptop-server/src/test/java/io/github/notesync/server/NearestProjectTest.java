package io.github.notesync.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.server.cycle.Served;
import io.github.notesync.server.cycle.StateDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which project a user means who stands somewhere inside one. */
class NearestProjectTest {
    @TempDir
    Path disk;

    @TempDir
    Path stateHome;

    private Path top;
    private Path here;

    @BeforeEach
    void folders() throws Exception {
        top = disk.toRealPath().resolve("top");
        here = Files.createDirectories(top.resolve("lib/pkg"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"notesync.toml", "pyproject.toml", ".git", ".notesyncignore"})
    void theNearestOneThatLooksLikeTheTopOfAProject(String mark) throws Exception {
        Files.createFile(top.resolve(mark));
        assertThat(NearestProject.of(here, stateHome)).isEqualTo(top);
        Files.createFile(here.getParent().resolve(mark));
        assertThat(NearestProject.of(here, stateHome)).isEqualTo(here.getParent());
    }

    @Test
    void rulesInsideAProjectMakeNoProjectOfTheirDirectory() throws Exception {
        Files.createFile(top.resolve(".git"));
        Files.createFile(here.resolve(".notesyncignore"));
        assertThat(NearestProject.of(here, stateHome)).isEqualTo(top);
    }

    @Test
    void whereNothingSpeaksForAnotherItIsTheOneTheUserIsIn() {
        assertThat(NearestProject.of(here, stateHome)).isEqualTo(here);
    }

    @Test
    void theOneThatIsServedComesBeforeANearerOneThatOnlyLooksLikeAProject() throws Exception {
        Files.createFile(here.resolve("pyproject.toml"));
        try (Served served = Served.start(top, stateHome)) {
            assertThat(NearestProject.of(here, stateHome))
                    .as("served: %s", served.root)
                    .isEqualTo(top);
        }
        assertThat(NearestProject.of(here, stateHome)).as("after its end").isEqualTo(here);
    }

    @Test
    void oneThatWasServedOnceIsBetterThanNone() throws Exception {
        StateDirectory.open(stateHome, top).close();
        assertThat(NearestProject.of(here, stateHome)).isEqualTo(top);
    }
}
