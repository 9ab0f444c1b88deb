package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.Recipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a batch wants to reuse is not in the replica as notesync wrote it: nothing is done, and all is asked for. */
class ContentMissingTest {
    private static final Path ROOT = MemoryDisk.ROOT;
    private static final String OLD = "0123456789".repeat(100);
    private static final String NEW = OLD.substring(0, 500) + "fresh" + OLD.substring(500);

    private final MemoryDisk disk = new MemoryDisk();
    private final Laptop laptop = new Laptop();
    private Notebook notebook;

    @BeforeEach
    void aReplicaWithContent() {
        notebook = Notebook.open(disk, ROOT);
        notebook.bring(laptop.put("old.txt", OLD).put("a.py", "a = 1\n").save());
    }

    @AfterEach
    void leavesNothingBehind() {
        notebook.close();
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    private Laptop.Batch thatReuses() {
        Recipe recipe = new Recipe(
                new io.github.notesync.protocol.RelativePath("old.txt"),
                laptop.digest("old.txt"),
                List.of(new Recipe.Old(0, 500), new Recipe.Fresh(5), new Recipe.Old(500, 500)));
        return laptop.copy("a.py", "b.py")
                .patch("old.txt", recipe, NEW.getBytes(StandardCharsets.UTF_8))
                .save();
    }

    @Test
    void whatIsThereIsReused() {
        assertThat(Notebook.code(notebook.bring(thatReuses()))).isEqualTo("applied");
        assertThat(notebook.snapshot()).isEqualTo(laptop.snapshot());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.py", "old.txt"})
    void whatWasEditedIsNotReused(String path) throws Exception {
        Story.write(disk, ROOT, path, "edited here\n");
        refused(path);
    }

    @Test
    void whatWasEditedToTheSameLengthIsNotReused() throws Exception {
        Story.write(disk, ROOT, "old.txt", "x" + OLD.substring(1));
        refused("old.txt");
    }

    @Test
    void whatWasDeletedIsNotReused() throws Exception {
        try (var root = disk.open(ROOT)) {
            root.deleteFile("a.py");
        }
        refused("a.py");
    }

    @Test
    void aDirectoryOrALinkInItsPlaceIsNotReused() throws Exception {
        try (var root = disk.open(ROOT)) {
            root.deleteFile("a.py");
            root.makeSymlink("a.py", "old.txt");
            refused("a.py");
            root.deleteFile("a.py");
            root.makeDirectory("a.py", false);
        }
    }

    private void refused(String path) throws Exception {
        Map<String, String> before = notebook.snapshot();
        JsonObject end = notebook.bring(thatReuses());
        assertThat(Notebook.code(end)).isEqualTo("content_missing");
        assertThat(end.string("path")).isEqualTo(path);
        assertThat(end.string("remedy")).isNotEmpty();
        assertThat(notebook.snapshot()).isEqualTo(before);
    }
}
