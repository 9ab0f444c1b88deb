package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.protocol.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mounts that lack what the journal likes to use. */
class FileSystemTest {
    private static final Path QUIRKFS = Path.of("../../shared/sim/quirkfs.c");

    @TempDir
    Path place;

    @Test
    void anOrdinaryDiskHasNoWeakness() {
        try (Notebook notebook = Notebook.open(Disk.REAL, place)) {
            assertThat(notebook.replica.guarantees()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"volumes, no_rename", "dbfs, no_times", "drive, no_modes", "wsfs, no_modes"})
    void aMountOfAHostedNotebookTakesBatchesAndSaysWhatIsWeaker(String quirk, String weakness) throws Exception {
        Path mount = mount(quirk);
        try (Notebook notebook = Notebook.open(Disk.REAL, mount)) {
            assertThat(notebook.replica.guarantees())
                    .extracting(each -> each.fields().get("code"))
                    .contains(weakness);
            Laptop laptop = new Laptop();
            bring(notebook, laptop.mkdir("pkg").put("pkg/m.py", "m = 1\n").put("a.py", "a = 1\n"));
            bring(notebook, laptop.put("a.py", "a = 2\n").mkdir("pkg/new").put("pkg/new/n.py", "n\n"));
            Map<String, String> second = contents(notebook);
            Files.writeString(mount.resolve("a.py"), "mine\n");
            bring(notebook, laptop.put("a.py", "a = 3\n").delete("pkg/m.py").put("pkg/new/n.py", "nn\n"));
            assertThat(Kept.texts(Disk.REAL, mount)).containsExactly("mine\n");
            notebook.replica.rollback(new Rewind.Goal(1, null));
            assertThat(contents(notebook)).containsEntry("pkg/m.py", second.get("pkg/m.py"));
        } finally {
            new ProcessBuilder("fusermount3", "-uz", mount.toString()).start().waitFor();
        }
    }

    private static void bring(Notebook notebook, Laptop laptop) {
        JsonObject end = notebook.bring(laptop.save());
        assertThat(Notebook.code(end)).as("" + end).isEqualTo("applied");
        assertThat(contents(notebook)).isEqualTo(withoutModes(laptop.snapshot()));
        assertThat(notebook.replica.isSettled()).isTrue();
        assertThat(Notebook.litter(Disk.REAL, notebook.root)).isEmpty();
    }

    private static Map<String, String> contents(Notebook notebook) {
        return withoutModes(notebook.snapshot());
    }

    private static Map<String, String> withoutModes(Map<String, String> snapshot) {
        Map<String, String> all = new TreeMap<>();
        snapshot.forEach((path, what) ->
                all.put(path, what.endsWith(" x") ? what.substring(0, what.length() - 2) : what));
        return all;
    }

    private Path mount(String quirk) throws Exception {
        assumeTrue(Files.exists(QUIRKFS), "the simulator " + QUIRKFS + " is not here");
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "FUSE is not here");
        Path program = place.resolve("quirkfs");
        Process compile = new ProcessBuilder(
                        "sh",
                        "-c",
                        "cc -O2 '" + QUIRKFS.toAbsolutePath() + "' $(pkg-config --cflags --libs fuse3) -o '" + program
                                + "' 2>/dev/null")
                .start();
        assumeTrue(compile.waitFor() == 0, "the simulator cannot be compiled: libfuse3-dev is missing");
        Path backing = Files.createDirectory(place.resolve("backing"));
        Path mount = Files.createDirectory(place.resolve("mount"));
        ProcessBuilder builder = new ProcessBuilder(program.toString(), mount.toString());
        builder.environment().put("QUIRK", quirk);
        builder.environment().put("QUIRK_ROOT", backing.toString());
        Process process = builder.start();
        assumeTrue(process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0, "FUSE cannot mount here");
        return mount;
    }
}
