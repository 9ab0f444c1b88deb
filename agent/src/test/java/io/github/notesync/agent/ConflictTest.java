package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.disk.Disk;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.agent.testing.Quirk;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The numbered cases of {@code CONFLICTS.md}, on the disk of this machine. */
class ConflictTest {
    @TempDir
    Path place;

    private Path root;
    private Notebook notebook;
    private final Laptop laptop = new Laptop();

    @BeforeEach
    void aReplicaWithAFileAndADirectory() throws IOException {
        root = Files.createDirectory(place.resolve("replica"));
        notebook = Notebook.open(Disk.REAL, root);
        laptop.put("a.py", "a = 1\n").mkdir("pkg").put("pkg/m.py", "m = 1\n");
        bring();
    }

    @AfterEach
    void leavesNothingBehind() {
        notebook.close();
        assertThat(Notebook.litter(Disk.REAL, root)).isEmpty();
    }

    private JsonObject bring() {
        JsonObject end = notebook.bring(laptop.save());
        assertThat(Notebook.code(end)).as("" + end).isEqualTo("applied");
        return end;
    }

    private void bringKeeping(String why, String... texts) throws Exception {
        JsonObject end = bring();
        assertThat(end.objects("kept")).hasSize(texts.length);
        for (JsonObject item : end.objects("kept")) {
            assertThat(item.string("why")).isEqualTo(why);
            assertThat(item.string("id")).hasSize(32);
            assertThat(item.integer("sequence")).isEqualTo(laptop.cursor().sequence());
        }
        assertThat(Kept.texts(Disk.REAL, root)).containsExactlyInAnyOrder(texts);
    }

    private void bringKeepingNothing() throws Exception {
        bringKeeping("nothing");
    }

    private Path at(String path) {
        return root.resolve(path);
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(at(path).getParent());
        Files.writeString(at(path), text);
    }

    private void assertText(String path, String text) throws IOException {
        assertThat(Files.readString(at(path))).isEqualTo(text);
    }

    @Test
    void case1OurFileEditedAndChanged() throws Exception {
        write("a.py", "mine\n");
        laptop.put("a.py", "a = 2\n");
        bringKeeping("edited", "mine\n");
        assertText("a.py", "a = 2\n");
    }

    @Test
    void case2OurFileEditedAndDeleted() throws Exception {
        write("a.py", "mine\n");
        laptop.delete("a.py");
        bringKeeping("edited", "mine\n");
        assertThat(at("a.py")).doesNotExist();
    }

    @Test
    void case3OurFileEditedToTheSame() throws Exception {
        write("a.py", "a = 2\n");
        Object inode = Files.getAttribute(at("a.py"), "unix:ino");
        laptop.put("a.py", "a = 2\n");
        bringKeepingNothing();
        assertThat(Files.getAttribute(at("a.py"), "unix:ino")).isEqualTo(inode);
    }

    @Test
    void case4OurFileDeletedHereAndChanged() throws Exception {
        Files.delete(at("a.py"));
        laptop.put("a.py", "a = 2\n");
        bringKeepingNothing();
        assertText("a.py", "a = 2\n");
    }

    @Test
    void case5OurFileDeletedOnBothSides() throws Exception {
        Files.delete(at("a.py"));
        laptop.delete("a.py");
        bringKeepingNothing();
    }

    @Test
    void case6AnUnmanagedFileInTheWay() throws Exception {
        write("new.py", "mine\n");
        laptop.put("new.py", "n = 1\n");
        bringKeeping("unmanaged", "mine\n");
        assertText("new.py", "n = 1\n");
    }

    @Test
    void case7AnUnmanagedFileWithTheSameContent() throws Exception {
        write("new.py", "n = 1\n");
        laptop.put("new.py", "n = 1\n".getBytes(), true);
        bringKeepingNothing();
        assertThat(Files.isExecutable(at("new.py"))).isTrue();
    }

    @Test
    void case8AForeignDirectoryInTheWayOfAFile() throws Exception {
        write("data/out.csv", "1\n");
        laptop.put("data", "a file\n");
        bringKeeping("directory", "DIRECTORY");
        assertText("data", "a file\n");
    }

    @Test
    void case9OurDirectoryBecomesAFile() throws Exception {
        laptop.put("pkg", "a file\n").delete("pkg/m.py");
        bringKeepingNothing();
        assertText("pkg", "a file\n");
    }

    @Test
    void case10OurDirectoryWithOutputsBecomesAFile() throws Exception {
        write("pkg/out.csv", "1\n");
        laptop.put("pkg", "a file\n").delete("pkg/m.py");
        bringKeeping("directory", "DIRECTORY");
        assertText("pkg", "a file\n");
    }

    @Test
    void case11AnUnmanagedFileInTheWayOfADirectory() throws Exception {
        write("lib", "mine\n");
        laptop.mkdir("lib").put("lib/x.py", "x = 1\n");
        bringKeeping("unmanaged", "mine\n");
        assertText("lib/x.py", "x = 1\n");
    }

    @Test
    void case12OurFileBecomesADirectory() throws Exception {
        laptop.mkdir("a.py").put("a.py/x.py", "x = 1\n");
        bringKeepingNothing();
        assertText("a.py/x.py", "x = 1\n");
    }

    @Test
    void case13ADeletedDirectoryWithOutputsStays() throws Exception {
        write("pkg/out.csv", "1\n");
        laptop.delete("pkg/m.py").delete("pkg");
        bringKeepingNothing();
        assertText("pkg/out.csv", "1\n");
        assertThat(at("pkg/m.py")).doesNotExist();
    }

    @Test
    void case14BytecodeAndCheckpointsDoNotKeepADirectoryAlive() throws Exception {
        write("pkg/__pycache__/m.cpython-311.pyc", "x");
        write("pkg/__pycache__/other.cpython-312.opt-1.pyc", "x");
        write("pkg/.ipynb_checkpoints/n-checkpoint.ipynb", "{}");
        laptop.delete("pkg/m.py").delete("pkg");
        bringKeepingNothing();
        assertThat(at("pkg")).doesNotExist();
    }

    @Test
    void case15SomethingElseBesideBytecodeKeepsADirectoryAlive() throws Exception {
        write("pkg/__pycache__/notes.txt", "mine\n");
        laptop.delete("pkg/m.py").delete("pkg");
        bringKeepingNothing();
        assertText("pkg/__pycache__/notes.txt", "mine\n");
    }

    @Test
    void case16ADirectoryThatWasThereBeforeIsNotRemoved() throws Exception {
        Files.createDirectory(at("outputs"));
        laptop.mkdir("outputs").put("outputs/.keep", "");
        bringKeepingNothing();
        laptop.delete("outputs/.keep").delete("outputs");
        bringKeepingNothing();
        assertThat(at("outputs")).isEmptyDirectory();
    }

    @Test
    void case17OurFileReplacedByALink() throws Exception {
        Path outside = Files.writeString(place.resolve("outside.py"), "outside\n");
        Files.delete(at("a.py"));
        Files.createSymbolicLink(at("a.py"), outside);
        laptop.put("a.py", "a = 2\n");
        bringKeeping("edited", "SYMLINK");
        assertText("a.py", "a = 2\n");
        assertThat(Files.readString(outside)).isEqualTo("outside\n");
    }

    @Test
    void case18NothingIsWrittenThroughALinkedDirectory() throws Exception {
        Path outside = Files.createDirectory(place.resolve("outside"));
        Files.move(at("pkg"), place.resolve("moved"));
        Files.createSymbolicLink(at("pkg"), outside);
        laptop.put("pkg/m.py", "m = 2\n");
        bringKeeping("edited", "SYMLINK");
        assertThat(outside).isEmptyDirectory();
        assertText("pkg/m.py", "m = 2\n");
        assertThat(at("pkg")).isDirectory();
        assertThat(Files.isSymbolicLink(at("pkg"))).isFalse();
    }

    @Test
    void case19ADirectoryInPlaceOfOurDeletedFileStays() throws Exception {
        Files.delete(at("a.py"));
        write("a.py/data.csv", "1\n");
        laptop.delete("a.py");
        bringKeepingNothing();
        assertText("a.py/data.csv", "1\n");
    }

    @Test
    void case20AnEditStaysWhenOnlyTheExecutableBitChanges() throws Exception {
        write("a.py", "mine\n");
        laptop.chmod("a.py", true);
        bringKeepingNothing();
        assertText("a.py", "mine\n");
        assertThat(Files.isExecutable(at("a.py"))).isTrue();
        laptop.put("a.py", "a = 2\n");
        bringKeeping("edited", "mine\n");
    }

    @Test
    void case22APipeInTheWay() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", at("pipe").toString()).start().waitFor())
                .isZero();
        laptop.put("pipe", "a file\n");
        bringKeeping("unmanaged", "OTHER");
        assertText("pipe", "a file\n");
    }

    @Test
    void case26ALinkIsAFileWithItsTargetWhereThereAreNoLinks() throws Exception {
        MemoryDisk disk = new MemoryDisk(Quirk.NO_SYMLINKS);
        Laptop other = new Laptop();
        try (Notebook there = Notebook.open(disk, MemoryDisk.ROOT)) {
            there.bring(other.put("a.py", "a = 1\n").link("link", "a.py").save());
            assertThat(there.snapshot()).containsEntry("link", Snapshot.file("a.py"));
            assertThat(there.replica.verify(true).differences()).isEmpty();
            there.bring(other.link("link", "b.py").save());
            assertThat(there.snapshot()).containsEntry("link", Snapshot.file("b.py"));
            there.bring(other.put("link", "a file now\n").save());
            there.bring(other.link("link", "a.py").save());
            there.bring(other.delete("link").save());
            assertThat(there.snapshot()).isEqualTo(other.snapshot());
            assertThat(there.replica.kept().list()).isEmpty();
        }
    }

    @Test
    void case27AnEditOfTheFileThatStandsForALinkIsKept() throws Exception {
        MemoryDisk disk = new MemoryDisk(Quirk.NO_SYMLINKS);
        Laptop other = new Laptop();
        try (Notebook there = Notebook.open(disk, MemoryDisk.ROOT)) {
            there.bring(other.put("a.py", "a = 1\n").link("link", "a.py").save());
            Story.write(disk, MemoryDisk.ROOT, "link", "mine\n");
            there.bring(other.link("link", "b.py").save());
            assertThat(there.snapshot()).containsEntry("link", Snapshot.file("b.py"));
        }
        assertThat(Kept.texts(disk, MemoryDisk.ROOT)).containsExactly("mine\n");
    }

    @Test
    void manyConflictsAreToldAtOnce() throws Exception {
        write("a.py", "mine\n");
        write("pkg/m.py", "mine too\n");
        laptop.put("a.py", "a = 2\n").put("pkg/m.py", "m = 2\n");
        bringKeeping("edited", "mine\n", "mine too\n");
        assertThat(List.of(Files.readString(at("a.py")), Files.readString(at("pkg/m.py"))))
                .containsExactly("a = 2\n", "m = 2\n");
    }

    private void open(String... paths) throws Exception {
        notebook.replica.spare(OpenDocuments.parse(List.of(paths)));
    }

    private void assertDiffers(String path) throws IOException {
        assertThat(notebook.replica.verify(true).differences().toString()).contains(path);
    }

    @Test
    void case29OurOpenDocumentChanged() throws Exception {
        open("a.py");
        for (String text : List.of("a = 2\n", "a = 3\n")) {
            laptop.put("a.py", text).put("pkg/m.py", text);
            bringKeeping("open", text);
            assertText("a.py", "a = 1\n");
            assertText("pkg/m.py", text);
            assertDiffers("a.py");
        }
    }

    @Test
    void case30OurOpenDocumentDeletedOrOfAnotherMode() throws Exception {
        open("a.py", "pkg/m.py");
        laptop.delete("a.py").chmod("pkg/m.py", true);
        bringKeepingNothing();
        assertText("a.py", "a = 1\n");
        assertThat(Files.isExecutable(at("pkg/m.py"))).isFalse();
    }

    @Test
    void case31AnOpenDocumentOfTheUsersWhereTheLaptopAddsOne() throws Exception {
        write("mine.ipynb", "mine\n");
        open("mine.ipynb", "other.ipynb");
        laptop.put("mine.ipynb", "the laptop's\n").put("other.ipynb", "not there yet\n");
        bringKeeping("open", "the laptop's\n");
        assertText("mine.ipynb", "mine\n");
        assertText("other.ipynb", "not there yet\n");
        // Closed: from now on it is a file of ours that was edited.
        open();
        laptop.put("mine.ipynb", "newer\n");
        JsonObject end = bring();
        assertThat(end.objects("kept").get(0).string("why")).isEqualTo("edited");
        assertText("mine.ipynb", "newer\n");
    }

    @Test
    void anOpenDocumentIsLeftAloneByARollbackToo() throws Exception {
        open("a.py");
        laptop.put("a.py", "a = 2\n").put("pkg/m.py", "m = 2\n");
        bringKeeping("open", "a = 2\n");
        notebook.replica.rollback(new Rewind.Goal(1, null));
        assertText("a.py", "a = 1\n");
        assertText("pkg/m.py", "m = 1\n");
        open();
        assertThat(notebook.replica.verify(true).differences()).isEmpty();
    }

    @Test
    void theLaptopsVersionOfAnOpenDocumentComesBackWhenTheUsersWasMovedAway() throws Exception {
        open("a.py");
        laptop.put("a.py", "a = 2\n");
        JsonObject item = bring().objects("kept").get(0);
        Files.move(at("a.py"), at("mine.py"));
        notebook.replica.restore(Id.parse(item.string("id")));
        assertText("a.py", "a = 2\n");
        assertThat(notebook.replica.verify(true).differences()).isEmpty();
    }
}
