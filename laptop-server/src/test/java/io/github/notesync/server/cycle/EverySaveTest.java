package io.github.notesync.server.cycle;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way in which a file changes on a laptop is seen, on a real disk and through real events. */
class EverySaveTest {
    /** Less than what a save is given to settle. */
    private static final long QUICK = 15_000_000;

    @TempDir
    Path temporary;

    private Served served;

    @BeforeEach
    void start() throws Exception {
        Path root = temporary.resolve("project");
        Files.createDirectories(root.resolve("pkg"));
        Files.writeString(root.resolve("pkg/a.py"), "one = 1\n");
        served = Served.start(root, temporary.resolve("state"));
    }

    @AfterEach
    void stop() throws Exception {
        served.close();
    }

    @Test
    void theFirstScanTakesInWhatIsThere() throws Exception {
        assertThat(served.tree()).isEqualTo(DiskTree.of(served.root)).containsOnlyKeys("pkg", "pkg/a.py");
    }

    private interface Save {
        void of(String text) throws IOException;
    }

    /** Saves, and sees it as one sequence with one change. */
    private void once(Save save) throws Exception {
        boolean quick = false;
        for (int number = 2; !quick; number++) {
            served.sequences.clear();
            long began = System.nanoTime();
            save.of("one = " + number + "\n");
            // An editor that was kept from its work in between has saved twice, on a busy machine.
            quick = System.nanoTime() - began < QUICK;
            served.awaitDisk();
            served.refresh();
        }
        assertThat(served.sequences).hasSize(1);
        assertThat(served.sequences.get(0))
                .extracting(each -> each.path().value())
                .containsExactly("pkg/a.py");
    }

    @Test
    void aSafeWriteOfPyCharm() throws Exception {
        once(text -> {
            Files.writeString(served.path("pkg/a.py___jb_tmp___"), text);
            Files.move(served.path("pkg/a.py"), served.path("pkg/a.py___jb_old___"));
            Files.move(served.path("pkg/a.py___jb_tmp___"), served.path("pkg/a.py"));
            Files.delete(served.path("pkg/a.py___jb_old___"));
        });
    }

    @Test
    void aSaveOfVsCodeInPlace() throws Exception {
        once(text -> Files.writeString(served.path("pkg/a.py"), text, StandardOpenOption.TRUNCATE_EXISTING));
    }

    @Test
    void aSaveOfVimWithBackup() throws Exception {
        once(text -> {
            Files.createFile(served.path("pkg/4913"));
            Files.delete(served.path("pkg/4913"));
            Files.move(served.path("pkg/a.py"), served.path("pkg/a.py~"));
            Files.writeString(served.path("pkg/a.py"), text);
            Files.delete(served.path("pkg/a.py~"));
        });
    }

    @Test
    void aRunInTheMiddleOfASaveDoesNotSeeTheFileGone() throws Exception {
        once(text -> {
            Files.move(served.path("pkg/a.py"), served.path("pkg/a.py~"));
            served.look();
            LockSupport.parkNanos(QUICK / 3);
            Files.writeString(served.path("pkg/a.py"), text);
            Files.delete(served.path("pkg/a.py~"));
        });
    }

    @Test
    void aTemporaryFileRenamedOver() throws Exception {
        once(text -> {
            Files.writeString(served.path("pkg/.a.py.tmp"), text);
            Files.move(served.path("pkg/.a.py.tmp"), served.path("pkg/a.py"), ATOMIC_MOVE, REPLACE_EXISTING);
        });
    }

    @Test
    void anAppend() throws Exception {
        once(text -> Files.writeString(served.path("pkg/a.py"), text, StandardOpenOption.APPEND));
    }

    @Test
    void anEditThatKeepsSizeAndTime() throws Exception {
        FileTime time = Files.getLastModifiedTime(served.path("pkg/a.py"));
        Files.writeString(served.path("pkg/a.py"), "one = 9\n");
        Files.setLastModifiedTime(served.path("pkg/a.py"), time);
        served.awaitDisk();
    }

    @Test
    void anOlderFileOfTheSameSizeMovedOver() throws Exception {
        Path old = temporary.resolve("old.py");
        Files.writeString(old, "one = 0\n");
        Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000_000_000L));
        Files.move(old, served.path("pkg/a.py"), ATOMIC_MOVE, REPLACE_EXISTING);
        served.awaitDisk();
    }

    @Test
    void twoSavesOfTheSameSizeInOneSecond() throws Exception {
        for (int i = 0; i < 50; i++) {
            Files.writeString(served.path("pkg/a.py"), String.format("one = %02d\n", i));
            served.refresh();
            assertThat(served.tree()).isEqualTo(DiskTree.of(served.root));
        }
    }

    @Test
    void aRenameThatChangesOnlyTheCase() throws Exception {
        Files.move(served.path("pkg/a.py"), served.path("pkg/A.py"));
        served.awaitDisk();
        assertThat(served.tree()).containsKey("pkg/A.py").doesNotContainKey("pkg/a.py");
    }

    @Test
    void aFileBecomesADirectoryThenALinkThenAFile() throws Exception {
        Path path = served.path("pkg/a.py");
        Files.delete(path);
        served.write("pkg/a.py/inner/b.py", "x");
        served.awaitDisk();
        Files.delete(path.resolve("inner/b.py"));
        Files.delete(path.resolve("inner"));
        Files.delete(path);
        Files.createSymbolicLink(path, Path.of("../pkg"));
        served.awaitDisk();
        Files.delete(path);
        Files.writeString(path, "file again");
        served.awaitDisk();
    }

    @Test
    void aDirectoryMovedIn() throws Exception {
        Path outside = temporary.resolve("outside");
        Files.createDirectories(outside.resolve("deep/deeper"));
        Files.writeString(outside.resolve("deep/deeper/c.py"), "c");
        Files.move(outside, served.path("moved"));
        served.awaitDisk();
        served.write("moved/deep/deeper/c.py", "c, edited after the move");
        served.awaitDisk();
    }

    @Test
    void aDirectoryMovedOut() throws Exception {
        served.write("pkg/sub/b.py", "b");
        served.awaitDisk();
        Files.move(served.path("pkg"), temporary.resolve("elsewhere"));
        served.awaitDisk();
        assertThat(served.tree()).isEmpty();
        // Its watch must not bring back what is no longer part of the source.
        Files.writeString(temporary.resolve("elsewhere/a.py"), "not ours any more");
        served.refresh();
        assertThat(served.tree()).isEmpty();
    }

    @Test
    void aDirectoryRenamedInsideIsStillWatched() throws Exception {
        Files.move(served.path("pkg"), served.path("renamed"));
        served.awaitDisk();
        served.write("renamed/a.py", "after the rename");
        served.awaitDisk();
        Files.move(served.path("renamed"), served.path("pkg"));
        served.awaitDisk();
        served.write("pkg/a.py", "after the way back");
        served.awaitDisk();
    }

    @Test
    void theExecutableBit() throws Exception {
        Files.setPosixFilePermissions(served.path("pkg/a.py"), PosixFilePermissions.fromString("rwxr-xr-x"));
        served.awaitDisk();
        assertThat(served.tree().get("pkg/a.py")).startsWith("executable");
    }

    @Test
    void emptyFilesEmptyDirectoriesAndNamesInOtherScripts() throws Exception {
        Files.createDirectories(served.path("empty/inside"));
        Files.createFile(served.path("zero.bin"));
        Files.writeString(served.path("café_日本.py"), "é");
        served.awaitDisk();
    }

    @Test
    void aFileThatVanishesAtOnce() throws Exception {
        for (int i = 0; i < 200; i++) {
            Path path = served.path("pkg/v" + i);
            Files.writeString(path, "gone soon");
            Files.delete(path);
        }
        served.write("pkg/last.py", "stays");
        served.awaitDisk();
        assertThat(served.problems).isEmpty();
    }

    @Test
    void aSaveWithoutChangeIsNoSequence() throws Exception {
        Files.writeString(served.path("pkg/a.py"), "one = 1\n");
        Files.setLastModifiedTime(served.path("pkg/a.py"), FileTime.fromMillis(1_500_000_000_000L));
        served.refresh();
        assertThat(served.sequences).isEmpty();
    }

    @Test
    void everySaveThatReturnedBeforeARefreshIsInTheHistoryAfterIt() throws Exception {
        for (int i = 0; i < 200; i++) {
            String name = "pkg/d" + i % 7 + "/f" + i % 3 + ".py";
            served.write(name, "x = " + i);
            served.refresh();
            assertThat(served.tree()).isEqualTo(DiskTree.of(served.root));
        }
    }

    @Test
    void twentyThousandFilesInOneDirectoryOverflowTheQueueAndAreAllFound() throws Exception {
        Files.createDirectories(served.path("many"));
        served.refresh();
        for (int i = 0; i < 20_000; i++) {
            Files.createFile(served.path("many/f" + i));
        }
        served.awaitDisk();
        assertThat(served.tree()).hasSize(20_003);
    }

    @Test
    void theSourceItselfGoesAndComesBack() throws Exception {
        Path away = temporary.resolve("away");
        Files.move(served.root, away);
        served.until(() -> served.source.state().phase() == Source.Phase.UNAVAILABLE, () -> "still available");
        assertThat(served.tree())
                .as("nothing is deleted because a disk is away")
                .isNotEmpty();
        assertThat(served.notices).hasSize(1).first().asString().contains("is gone", "keep what they have");
        Files.move(away, served.root);
        served.until(() -> served.source.state().phase() == Source.Phase.READY, () -> "not back");
        served.write("pkg/a.py", "edited after it came back");
        served.awaitDisk();
        assertThat(served.notices).hasSize(2).last().asString().contains("is there again");
    }

    @Test
    void whatCannotTravelIsAProblemAndTheRestGoesOn() throws Exception {
        Files.createSymbolicLink(served.path("out"), Path.of("/etc/passwd"));
        Files.writeString(served.path("CON.txt"), "");
        Files.writeString(served.path("pkg/A.PY"), "collides");
        Files.writeString(served.path("good.py"), "good");
        served.until(
                () -> served.tree().containsKey("good.py") && served.problems.size() >= 3, () -> "" + served.problems);
        assertThat(served.source.findings().problems())
                .extracting(each -> each.path() + " " + each.code())
                .containsExactlyInAnyOrder("out link_refused", "CON.txt reserved", "pkg/a.py collision");
        assertThat(List.copyOf(served.tree().keySet())).contains("pkg/A.PY").doesNotContain("pkg/a.py");
    }

    @Test
    void ofOneNameInTwoSpellingsTheOneThatIsSpelledAsItTravelsIsSent() throws Exception {
        Path composed = served.path("caf\u00e9.py");
        Path decomposed = served.path("cafe\u0301.py");
        Files.writeString(decomposed, "decomposed");
        assumeFalse(Files.exists(composed), "a file system for which both are one");
        awaitContent("caf\u00e9.py", "decomposed");
        Files.writeString(composed, "composed");
        awaitContent("caf\u00e9.py", "composed");
        assertThat(served.source.findings().problems())
                .extracting(each -> each.message())
                .containsExactly("caf\u00e9.py is there twice, in two spellings of Unicode:"
                        + " the one that is spelled 'cafe\\u0301.py' is not sent");
        Files.writeString(decomposed, "decomposed and saved again");
        Files.writeString(served.path("after.py"), "");
        served.until(() -> served.tree().containsKey("after.py"), () -> "" + served.tree());
        awaitContent("caf\u00e9.py", "composed");
        Files.delete(composed);
        awaitContent("caf\u00e9.py", "decomposed and saved again");
        assertThat(served.source.findings().problems()).isEmpty();
    }

    private void awaitContent(String name, String content) throws Exception {
        String digest = Digest.of(content).hex();
        served.until(() -> ("file " + digest).equals(served.tree().get(name)), () -> name + " in " + served.tree());
    }

    @Test
    void theTimeThatIsToldOfASaveIsBeforeItWasLeftToSettle() throws Exception {
        long quickest = Long.MAX_VALUE;
        for (int number = 0; number < 5; number++) {
            Cursor before = served.source.history().cursor();
            long saved = System.currentTimeMillis();
            Files.writeString(served.root.resolve("pkg/a.py"), "saved = " + number + "\n");
            served.awaitDisk();
            quickest = Math.min(quickest, served.source.history().savedAfter(before) - saved);
        }
        assertThat(quickest).isBetween(0L, 20L);
    }
}
