package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.FaultyDisk;
import io.github.notesync.agent.testing.FaultyDisk.Crash;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.agent.testing.Quirk;
import io.github.notesync.agent.testing.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code kill -9} at every single change that the agent makes to the disk. */
@Timeout(300)
class CrashTest {
    private static final Path ROOT = MemoryDisk.ROOT;

    @Test
    void aBatchThatIsNotDisturbedDoesAllOfTheStory() {
        MemoryDisk disk = new MemoryDisk();
        Story story = Story.on(disk, ROOT);
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            assertThat(Notebook.code(notebook.bring(story.second))).isEqualTo("applied");
            assertThat(notebook.snapshot()).isEqualTo(story.after);
            assertThat(notebook.replica.isSettled()).isTrue();
        }
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    /** The disks of hosted notebooks lack one thing or another: the promise is the same on each. */
    static List<Set<Quirk>> disks() {
        return List.of(
                Set.of(),
                Set.of(Quirk.NO_LINKS),
                Set.of(Quirk.NO_SYMLINKS, Quirk.NO_LINKS, Quirk.IGNORES_CASE),
                Set.of(Quirk.NO_LINKS, Quirk.NO_SYMLINKS, Quirk.NO_APPEND, Quirk.NO_TIMES),
                Set.of(Quirk.NO_RENAME, Quirk.NO_LINKS, Quirk.NO_SYMLINKS, Quirk.NO_APPEND, Quirk.NO_TIMES));
    }

    @ParameterizedTest
    @MethodSource("disks")
    void crashAtEveryMomentOfABatchLeavesTheOldOrTheNewTree(Set<Quirk> quirks) {
        int moments = 0;
        int old = 0;
        for (boolean crashed = true; crashed; moments++) {
            MemoryDisk disk = new MemoryDisk(quirks.toArray(new Quirk[0]));
            Story story = Story.on(disk, ROOT);
            crashed = crashAt(moments, disk, faulty -> bring(faulty, story));
            old += recoverAndCheck(disk, story, "crash at moment " + moments) ? 0 : 1;
        }
        assertThat(moments).isGreaterThan(100);
        assertThat(old).isBetween(20, moments - 20);
    }

    @Test
    void crashInsideTheRecoveryFromACrashLeavesTheOldOrTheNewTree() {
        for (int moment = 0; moment < 300; moment += 17) {
            for (int second = 0; ; second++) {
                MemoryDisk disk = new MemoryDisk();
                Story story = Story.on(disk, ROOT);
                crashAt(moment, disk, faulty -> bring(faulty, story));
                boolean crashed = crashAt(
                        second, disk, faulty -> Notebook.open(faulty, ROOT).close());
                recoverAndCheck(disk, story, "crash at moment " + moment + ", then at " + second);
                if (!crashed) {
                    break;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("disks")
    void crashWhileABatchIsTakenBackLeavesTheOldOrTheNewTree(Set<Quirk> quirks) {
        int takenBack = 0;
        for (int failing = 40; failing < 420; failing += quirks.isEmpty() ? 29 : 83) {
            for (int second = 0; ; second++) {
                MemoryDisk disk = new MemoryDisk(quirks.toArray(new Quirk[0]));
                Story story = Story.on(disk, ROOT);
                FaultyDisk faulty = new FaultyDisk(disk);
                boolean crashed = false;
                try (Notebook notebook = Notebook.open(faulty, ROOT)) {
                    faulty.failThenCrash(failing, "Input/output error", second);
                    notebook.bring(story.second);
                } catch (Crash e) {
                    crashed = true;
                }
                takenBack +=
                        recoverAndCheck(disk, story, "error at " + failing + ", crash " + second + " moments later")
                                ? 0
                                : 1;
                if (!crashed) {
                    break;
                }
            }
        }
        assertThat(takenBack).isGreaterThan(5);
    }

    /** A new directory comes in one rename; where somebody makes one right before that, it is filled instead. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aDirectoryThatSomebodyMadeAMomentAgoIsFilledWhateverHappens(boolean crashing) {
        Laptop laptop = new Laptop();
        Laptop.Batch batch = laptop.mkdir("new")
                .mkdir("new/inner")
                .mkdir("new/empty")
                .put("new/inner/n.py", "n = 1\n")
                .put("new/m.py", "m = 1\n")
                .link("new/link", "m.py")
                .save();
        int filled = 0;
        boolean hit = true;
        for (int moment = 0; hit; moment++) {
            MemoryDisk disk = new MemoryDisk();
            FaultyDisk faulty = new FaultyDisk(disk);
            faulty.doAt("create " + ROOT + "/.notesync/tx/0000000001/committed", () -> {
                Story.mkdir(disk, ROOT, "", "new");
                Story.write(disk, ROOT, "new/theirs.csv", "1,2\n");
            });
            if (crashing) {
                faulty.crashAt(moment);
            } else {
                faulty.failAt(moment, "Input/output error");
            }
            try {
                Notebook.open(faulty, ROOT).bring(batch);
            } catch (Crash | java.io.UncheckedIOException ended) {
                // Looked at by the next agent.
            }
            hit = faulty.moments().size() > moment;
            try (Notebook notebook = Notebook.open(disk, ROOT)) {
                Map<String, String> there = notebook.snapshot();
                Map<String, String> theirs = new TreeMap<>();
                if (there.containsKey("new")) {
                    theirs.put("new", "directory");
                    theirs.put("new/theirs.csv", Snapshot.file("1,2\n"));
                }
                Map<String, String> both = new TreeMap<>(laptop.snapshot());
                both.putAll(theirs);
                assertThat(there).as("moment " + moment).isIn(theirs, both);
                filled += there.equals(both) ? 1 : 0;
            }
            assertThat(Notebook.litter(disk, ROOT)).as("moment " + moment).isEmpty();
            assertThat(keptTexts(disk)).as("moment " + moment).isEmpty();
        }
        assertThat(filled).isGreaterThan(crashing ? 20 : 5);
    }

    /** The same on the disk of this machine, at a sample of moments. */
    @Test
    void crashOnARealDiskLeavesTheOldOrTheNewTree(@TempDir Path place) throws Exception {
        boolean crashed = true;
        for (int moment = 0; crashed; moment += 5) {
            Path root = Files.createDirectory(place.resolve("root" + moment));
            Story story = Story.on(Disk.REAL, root);
            FaultyDisk faulty = new FaultyDisk(Disk.REAL);
            crashed = false;
            Notebook notebook = Notebook.open(faulty, root);
            try {
                faulty.crashAt(moment);
                notebook.bring(story.second);
            } catch (Crash e) {
                crashed = true;
            }
            faulty.releaseLocks();
            try (Notebook again = Notebook.open(Disk.REAL, root)) {
                assertThat(again.snapshot()).as("crash at moment " + moment).isIn(story.before, story.after);
            }
            assertThat(Notebook.litter(Disk.REAL, root)).isEmpty();
        }
    }

    private static void bring(FaultyDisk faulty, Story story) {
        Notebook.open(faulty, ROOT).bring(story.second);
    }

    private static boolean crashAt(int moment, MemoryDisk disk, Consumer<FaultyDisk> what) {
        FaultyDisk faulty = new FaultyDisk(disk);
        faulty.crashAt(moment);
        try {
            what.accept(faulty);
            return false;
        } catch (Crash e) {
            return true;
        }
    }

    /** Starts an agent anew, looks at what is there, and brings the batch again where it is missing. */
    private static boolean recoverAndCheck(MemoryDisk disk, Story story, String when) {
        boolean isNew;
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            Map<String, String> there = notebook.snapshot();
            assertThat(there).as(when).isIn(story.before, story.after);
            isNew = there.equals(story.after);
            assertThat(notebook.replica.index().cursor())
                    .as(when)
                    .isEqualTo((isNew ? story.second : story.first).descriptor().to());
            if (isNew) {
                assertThat(Snapshot.of(disk, ROOT)).as(when).doesNotContainKey(Story.STALE);
            } else {
                assertThat(Notebook.code(notebook.bring(story.second))).as(when).isEqualTo("applied");
                assertThat(notebook.snapshot()).as(when).isEqualTo(story.after);
            }
            assertThat(notebook.replica.isSettled()).as(when).isTrue();
        }
        assertThat(Notebook.litter(disk, ROOT)).as(when).isEmpty();
        assertThat(keptTexts(disk)).as(when).containsExactlyInAnyOrder("e = 'mine'\n", "d = 'mine'\n", "mine\n");
        return isNew;
    }

    private static List<String> keptTexts(Disk disk) {
        return Kept.texts(disk, ROOT);
    }
}
