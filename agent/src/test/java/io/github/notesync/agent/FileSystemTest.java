package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.QuirkyMount;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mounts that lack what the journal likes to use. */
class FileSystemTest {
    @TempDir
    Path place;

    @Test
    void anOrdinaryDiskHasNoWeakness() {
        try (Notebook notebook = Notebook.open(Disk.REAL, place)) {
            assertThat(notebook.replica.guarantees()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "volumes | no_symlinks no_times no_modes no_rename",
                "dbfs | no_symlinks no_times no_modes",
                "drive | no_symlinks no_modes",
                "wsfs | no_modes",
                "exfat | ignores_case no_symlinks no_modes",
                "nolink | ",
                "second | ",
            })
    void aMountOfAHostedNotebookTakesBatchesAndSaysWhatIsWeaker(String quirk, String weaknesses) throws Exception {
        List<Object> weaker = weaknesses == null ? List.of() : List.of((Object[]) weaknesses.split(" "));
        try (QuirkyMount quirky = QuirkyMount.of(place, quirk)) {
            takesBatches(quirky.path(), weaker);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mount -t tmpfs tmpfs $0/disk",
                "mkdir $0/lower $0/own && mount -t tmpfs tmpfs $0/own && mkdir $0/own/upper $0/own/work"
                        + " && mount -t overlay -o lowerdir=$0/lower/,upperdir=$0/own/upper/,workdir=$0/own/work/ overlay $0/disk",
            })
    void memoryAndTheLayersOfAContainerLackNothing(String mount) throws Exception {
        Path disk = Files.createDirectory(place.resolve("disk"));
        try {
            assumeTrue(run(mount) == 0, "only root can mount");
            takesBatches(disk, List.of());
        } finally {
            run("umount -l $0/disk; umount -l $0/own");
        }
    }

    private int run(String script) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", script, place.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void takesBatches(Path mount, List<Object> weaker) throws Exception {
        try (Notebook notebook = Notebook.open(Disk.REAL, mount)) {
            assertThat(notebook.replica.guarantees())
                    .extracting(each -> each.fields().get("code"))
                    .containsExactlyElementsOf(weaker);
            Laptop laptop = new Laptop();
            bring(
                    notebook,
                    laptop.mkdir("pkg")
                            .put("pkg/m.py", "m = 1\n")
                            .put("a.py", "a = 1\n")
                            .link("link", "a.py"));
            bring(
                    notebook,
                    laptop.put("a.py", "a = 2\n")
                            .mkdir("pkg/new")
                            .put("pkg/new/n.py", "n\n")
                            .link("link", "pkg/m.py"));
            bring(notebook, laptop.copy("a.py", "A.py").delete("a.py"));
            bring(notebook, laptop.copy("A.py", "a.py").delete("A.py"));
            Map<String, String> second = contents(notebook);
            Files.writeString(mount.resolve("a.py"), "mine\n");
            bring(notebook, laptop.put("a.py", "a = 3\n").delete("pkg/m.py").put("pkg/new/n.py", "nn\n"));
            assertThat(Kept.texts(Disk.REAL, mount)).containsExactly("mine\n");
            notebook.replica.rollback(new Rewind.Goal(1, null));
            assertThat(contents(notebook)).containsEntry("pkg/m.py", second.get("pkg/m.py"));
            assertThat(contents(notebook)).containsEntry("link", second.get("link"));
        }
    }

    private static void bring(Notebook notebook, Laptop laptop) throws IOException {
        JsonObject end = notebook.bring(laptop.save());
        assertThat(Notebook.code(end)).as("" + end).isEqualTo("applied");
        Map<String, String> wanted = withoutModes(laptop.snapshot());
        boolean noLinks = notebook.replica.guarantees().stream()
                .anyMatch(each -> "no_symlinks".equals(each.fields().get("code")));
        if (noLinks) {
            wanted.replaceAll((path, what) -> what.startsWith("link ") ? Snapshot.file(what.substring(5)) : what);
        }
        assertThat(contents(notebook)).isEqualTo(wanted);
        assertThat(notebook.replica.verify(true).differences())
                .filteredOn(each -> !each.what().equals("executable"))
                .isEmpty();
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
}
