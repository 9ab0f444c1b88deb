package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.FaultyDisk;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process works in the replica at the very moment of a swap. */
class RacingWriterTest {
    @TempDir
    Path place;

    /** Case 21 of CONFLICTS.md. */
    @Test
    void whatIsWrittenBetweenTheLookAndTheSwapIsKept() throws Exception {
        Path root = Files.createDirectory(place.resolve("replica"));
        FaultyDisk disk = new FaultyDisk(Disk.REAL);
        Laptop laptop = new Laptop();
        try (Notebook notebook = Notebook.open(disk, root)) {
            notebook.bring(
                    laptop.put("a.py", "a = 1\n").put("gone.py", "g = 1\n").save());
            disk.doAt("create " + root + "/.notesync/tx/0000000002/committed", () -> {
                write(root.resolve("a.py"), "of the last second\n");
                write(root.resolve("gone.py"), "this too\n");
                write(root.resolve("new.py"), "and this\n");
            });
            JsonObject end = notebook.bring(laptop.put("a.py", "a = 2\n")
                    .put("new.py", "n = 1\n")
                    .delete("gone.py")
                    .save());
            assertThat(Notebook.code(end)).isEqualTo("applied");
            assertThat(end.objects("kept"))
                    .hasSize(3)
                    .allMatch(item -> item.fields().get("why").equals("late"));
            assertThat(notebook.snapshot()).isEqualTo(laptop.snapshot());
        }
        assertThat(Kept.texts(Disk.REAL, root))
                .containsExactlyInAnyOrder("of the last second\n", "this too\n", "and this\n");
    }

    @Test
    void aDirectoryMadeBetweenTheLookAndTheSwapIsFilled() throws Exception {
        Path root = Files.createDirectory(place.resolve("replica"));
        FaultyDisk disk = new FaultyDisk(Disk.REAL);
        Laptop laptop = new Laptop();
        try (Notebook notebook = Notebook.open(disk, root)) {
            disk.doAt("create " + root + "/.notesync/tx/0000000001/committed", () -> {
                assertThat(root.resolve("pkg").toFile().mkdir()).isTrue();
                write(root.resolve("pkg/m.py"), "of the last second\n");
                write(root.resolve("pkg/out.csv"), "1,2\n");
                write(root.resolve("lib"), "a file of the last second\n");
            });
            JsonObject end = notebook.bring(laptop.mkdir("pkg")
                    .mkdir("pkg/sub")
                    .mkdir("lib")
                    .put("pkg/m.py", "m = 1\n")
                    .put("pkg/sub/n.py", "n = 1\n")
                    .put("lib/l.py", "l = 1\n")
                    .save());
            assertThat(Notebook.code(end)).isEqualTo("applied");
            Map<String, String> wanted = new TreeMap<>(laptop.snapshot());
            wanted.put("pkg/out.csv", Snapshot.file("1,2\n"));
            assertThat(notebook.snapshot()).isEqualTo(wanted);
        }
        assertThat(Kept.texts(Disk.REAL, root))
                .containsExactlyInAnyOrder("of the last second\n", "a file of the last second\n");
    }

    @Test
    void aLinkPlantedAtAnyMomentLeadsNoWriteOutside() throws Exception {
        Path outside = Files.createDirectory(place.resolve("outside"));
        Files.writeString(outside.resolve("m.py"), "outside\n");
        Map<String, String> before = listing(outside);
        boolean planted = true;
        for (int moment = 0; planted; moment++) {
            Path root = Files.createDirectory(place.resolve("replica" + moment));
            FaultyDisk disk = new FaultyDisk(Disk.REAL);
            Laptop laptop = new Laptop();
            boolean[] done = {false};
            try (Notebook notebook = Notebook.open(disk, root)) {
                notebook.bring(laptop.mkdir("pkg")
                        .put("pkg/m.py", "m = 1\n")
                        .put("pkg/old.py", "o = 1\n")
                        .save());
                disk.doAt(moment, () -> {
                    done[0] = true;
                    try {
                        Files.move(root.resolve("pkg"), root.resolve("pkg-moved"));
                        Files.createSymbolicLink(root.resolve("pkg"), outside);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                notebook.bring(laptop.put("pkg/m.py", "m = 2\n")
                        .put("pkg/n.py", "n = 1\n")
                        .mkdir("pkg/sub")
                        .link("pkg/link", "m.py")
                        .delete("pkg/old.py")
                        .save());
            }
            planted = done[0];
            assertThat(listing(outside)).as("planted at moment " + moment).isEqualTo(before);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> listing(Path directory) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                all.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return all;
    }
}
