package io.github.notesync.server.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Digest;
import io.github.notesync.protocol.Entry;
import io.github.notesync.server.scan.Difference;
import io.github.notesync.server.scan.Problem;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that move while they are looked at: what is told of them was true at some moment, and the end is right. */
class MovingFilesTest {
    @TempDir
    Path temporary;

    private Served served;

    @BeforeEach
    void start() throws Exception {
        served = Served.start(temporary.resolve("project"), temporary.resolve("state"));
    }

    @AfterEach
    void stop() throws Exception {
        served.close();
    }

    @Test
    void aGrowingFileIsOnlyEverToldAsItReallyWas() throws Exception {
        byte[] content = new byte[12 << 20];
        new Random(3).nextBytes(content);
        try (OutputStream out = Files.newOutputStream(served.path("grows.bin"))) {
            for (int at = 0; at < content.length; at += 50_000) {
                out.write(content, at, Math.min(50_000, content.length - at));
                if (at % 1_000_000 == 0) {
                    served.refresh();
                }
            }
        }
        served.awaitDisk();
        for (var sequence : served.sequences) {
            for (Difference each : sequence) {
                Entry.File told = (Entry.File) each.after();
                assertThat(told.digest()).isEqualTo(Digest.of(Arrays.copyOf(content, (int) told.size())));
            }
        }
    }

    /** Hundreds of random edits, deep and wide, against the plainest look at the disk. */
    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44})
    void afterAnyEditsTheHistoryIsTheDisk(long seed) throws Exception {
        Random random = new Random(seed);
        for (int i = 0; i < 400; i++) {
            edit(random, i);
            if (random.nextInt(20) == 0) {
                served.refresh();
                assertThat(served.tree()).isEqualTo(DiskTree.of(served.root));
            }
        }
        served.awaitDisk();
        assertThat(served.problems).isEmpty();
        assertThat(served.notices).isEmpty();
    }

    private void edit(Random random, int number) throws Exception {
        Path path = served.root;
        for (int depth = random.nextInt(3); depth >= 0; depth--) {
            path = path.resolve("n" + random.nextInt(4));
        }
        switch (random.nextInt(5)) {
            case 0 -> delete(path);
            case 1 -> {
                Path to = served.root.resolve("n" + random.nextInt(4));
                if (Files.exists(path) && !to.startsWith(path)) {
                    delete(to);
                    if (Files.exists(path)) {
                        Files.move(path, to);
                    }
                }
            }
            default -> {
                for (Path each = path.getParent(); !each.equals(served.root); each = each.getParent()) {
                    if (Files.isRegularFile(each)) {
                        Files.delete(each);
                    }
                }
                Files.createDirectories(path.getParent());
                if (!Files.isDirectory(path)) {
                    Files.writeString(path, "content " + number % 7);
                }
            }
        }
    }

    private static void delete(Path path) throws Exception {
        if (Files.exists(path)) {
            try (var all = Files.walk(path)) {
                for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    @Test
    void aRuleThatComesChangesAndGoesTakesItsFilesOutAndBringsThemBack() throws Exception {
        served.write("data/a.csv", "1");
        served.write("data/a.py", "2");
        served.refresh();
        served.write(".gitignore", "*.csv\n");
        served.until(() -> !served.tree().containsKey("data/a.csv"), () -> "still there: " + served.tree());
        served.write("data/.notesyncignore", "!a.csv\n");
        served.awaitDisk();
        served.write("data/.notesyncignore", "*.py\n");
        served.until(() -> !served.tree().containsKey("data/a.py"), () -> "still there: " + served.tree());
        assertThat(served.tree()).doesNotContainKey("data/a.csv");
        Files.delete(served.path("data/.notesyncignore"));
        Files.delete(served.path(".gitignore"));
        served.awaitDisk();
        assertThat(served.tree()).containsKeys("data/a.csv", "data/a.py");
    }

    @Test
    void anEnvironmentThatCondaMakesLeavesAsSoonAsItIsOne() throws Exception {
        served.write("env/lib/x.py", "1");
        Files.createDirectories(served.path("env/conda-meta"));
        served.awaitDisk();
        served.write("env/conda-meta/history", "");
        served.until(() -> !served.tree().containsKey("env/lib"), () -> "still there: " + served.tree());
        served.write("env/lib/y.py", "2");
        served.refresh();
        assertThat(served.tree().keySet()).noneMatch(each -> each.startsWith("env/"));
        delete(served.path("env/conda-meta"));
        served.awaitDisk();
    }

    @Test
    void aConfigurationThatChangesIsFollowedAndAWrongOneIsSaid() throws Exception {
        served.write("a.csv", "1");
        served.write("a.py", "2");
        served.refresh();
        served.write("notesync.toml", "ignore = ['*.csv']\n");
        served.until(() -> !served.tree().containsKey("a.csv"), () -> "still there: " + served.tree());
        served.write("notesync.toml", "ignore = [5]\n");
        served.until(() -> !served.problems.isEmpty(), () -> "nothing said");
        assertThat(served.problems.get(0).message()).contains("notesync.toml:1", "the earlier configuration stays");
        assertThat(served.source.findings().problems()).isEqualTo(served.problems);
        assertThat(served.tree()).containsKey("a.py").doesNotContainKey("a.csv");
        Files.delete(served.path("notesync.toml"));
        served.until(() -> served.tree().containsKey("a.csv"), () -> "not back: " + served.tree());
        assertThat(served.source.findings().problems()).isEmpty();
        assertThat(served.problems).hasSize(1);
    }

    @Test
    void whoWaitsForASavedConfigurationGetsWhatItMakesOfTheFiles() throws Exception {
        served.write("a.csv", "1");
        served.refresh();
        served.write("notesync.toml", "ignore = ['*.csv']\n");
        served.refresh();
        assertThat(served.tree()).containsOnlyKeys("notesync.toml");
    }

    @Test
    void whatTheConfigurationSaysToNoEffectIsToldUntilItHasOne() throws Exception {
        served.write("a.py", "1");
        served.write(
                "notesync.toml",
                "ignore = ['a[', '*.csv', './data']\npython-paths = ['', '.', 'lib/', 'lib', 'a.py']\n");
        served.refresh();
        assertThat(served.source.findings().problems())
                .isEqualTo(served.problems)
                .extracting(Problem::message)
                .containsExactly(
                        "notesync.toml:1: the ignore rule 'a[' can match no path, so it ignores nothing",
                        "notesync.toml:1: the ignore rule './data' can match no path, so it ignores nothing",
                        "notesync.toml:2: the directory 'lib/' of python-paths is not sent, so nothing is imported from it",
                        "notesync.toml:2: the directory 'lib' of python-paths is not sent, so nothing is imported from it",
                        "notesync.toml:2: the directory 'a.py' of python-paths is a file");
        served.write("lib/x.py", "2");
        served.refresh();
        served.write("notesync.toml", "python-paths = ['lib']\n");
        served.refresh();
        assertThat(served.source.findings().problems()).isEmpty();
    }

    @Test
    void aConfigurationThatIsNotSentItselfIsFollowedAllTheSame() throws Exception {
        served.write("a.py", "1");
        served.write("a.md", "2");
        served.write("notesync.toml", "patterns.or = ['[.]py$']\n");
        served.until(() -> served.tree().keySet().equals(Set.of("a.py")), () -> "" + served.tree());
        served.write("notesync.toml", "patterns.or = ['[.]md$']\n");
        served.refresh();
        assertThat(served.tree()).containsOnlyKeys("a.md");
    }
}
