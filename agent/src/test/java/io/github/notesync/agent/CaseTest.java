package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.testing.FaultyDisk;
import io.github.notesync.agent.testing.FaultyDisk.Crash;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.agent.testing.Quirk;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Names that change only in case, on a disk that ignores case: cases 23 to 25 and 28 of {@code CONFLICTS.md}. */
class CaseTest {
    private static final Path ROOT = MemoryDisk.ROOT;

    private MemoryDisk disk = new MemoryDisk(Quirk.IGNORES_CASE);
    private Laptop laptop = new Laptop();

    private static void bring(Notebook notebook, Laptop.Batch batch) {
        assertThat(Notebook.code(notebook.bring(batch))).isEqualTo("applied");
    }

    private Laptop.Batch first() {
        return laptop.put("Readme.md", "read\n")
                .put("Cart.py", "c = 1\n")
                .mkdir("Pkg")
                .mkdir("Pkg/Inner")
                .put("Pkg/Inner/M.py", "m = 1\n")
                .put("Pkg/same.py", "s = 1\n")
                .save();
    }

    private Laptop.Batch inOtherCase() {
        return laptop.copy("Readme.md", "README.md")
                .delete("Readme.md")
                .put("cart.py", "c = 2\n")
                .delete("Cart.py")
                .mkdir("pkg")
                .mkdir("pkg/inner")
                .copy("Pkg/Inner/M.py", "pkg/inner/m.py")
                .copy("Pkg/same.py", "pkg/same.py")
                .delete("Pkg/Inner/M.py")
                .delete("Pkg/same.py")
                .delete("Pkg/Inner")
                .delete("Pkg")
                .save();
    }

    private Map<String, String> withOutputs(String directory) {
        Map<String, String> all = new TreeMap<>(laptop.snapshot());
        all.put(directory + "/out.csv", io.github.notesync.agent.testing.Snapshot.file("1,2\n"));
        return all;
    }

    @Test
    void case23NamesTakeTheNewCaseAndOutputsGoWithTheirDirectory() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            bring(notebook, first());
            Story.write(disk, ROOT, "Pkg/Inner/out.csv", "1,2\n");
            bring(notebook, inOtherCase());
            assertThat(notebook.snapshot()).isEqualTo(withOutputs("pkg/inner"));
            assertThat(notebook.replica.verify(true).differences()).isEmpty();
            assertThat(notebook.replica.kept().list()).isEmpty();
            notebook.replica.rollback(new Rewind.Goal(1, null));
            assertThat(notebook.snapshot())
                    .containsKeys("Readme.md", "Cart.py", "Pkg/Inner/M.py", "Pkg/Inner/out.csv", "Pkg/same.py")
                    .hasSize(7);
        }
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    @Test
    void case24AnEditIsKeptWhenOnlyTheCaseChanges() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            bring(notebook, first());
            Story.write(disk, ROOT, "Cart.py", "mine\n");
            bring(notebook, inOtherCase());
            assertThat(notebook.snapshot()).isEqualTo(laptop.snapshot());
        }
        assertThat(Kept.texts(disk, ROOT)).containsExactly("mine\n");
    }

    @Test
    void case25AFileOfTheUsersInAnotherCaseIsKept() {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            bring(notebook, first());
            Story.write(disk, ROOT, "NEW.py", "mine\n");
            bring(notebook, laptop.put("new.py", "n = 1\n").save());
            assertThat(notebook.snapshot().values())
                    .containsExactlyInAnyOrderElementsOf(laptop.snapshot().values());
        }
        assertThat(Kept.texts(disk, ROOT)).containsExactly("mine\n");
    }

    @Test
    void case28ADirectoryThatWasThereKeepsItsName() {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            bring(notebook, first());
            Story.mkdir(disk, ROOT, "", "Data");
            bring(notebook, laptop.mkdir("data").put("data/x.csv", "1\n").save());
            assertThat(notebook.snapshot()).containsKeys("Data", "Data/x.csv");
            bring(notebook, laptop.delete("data/x.csv").delete("data").save());
            assertThat(notebook.snapshot()).containsKey("Data");
        }
    }

    @Test
    void aDirectoryTakesTheNewCaseWithWhatOthersLeftInTheDeletedPartOfIt() {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            bring(notebook, laptop.mkdir("B").mkdir("B/b").save());
            Story.write(disk, ROOT, "b/b/C", "mine\n");
            bring(notebook, laptop.delete("B").delete("B/b").mkdir("b").save());
            assertThat(notebook.snapshot()).containsOnlyKeys("b", "b/b", "b/b/C");
        }
    }

    @Test
    void aCrashAtAnyMomentLeavesTheOldOrTheNewNames() throws Exception {
        boolean crashed = true;
        for (int moment = 0; crashed; moment++) {
            disk = new MemoryDisk(Quirk.IGNORES_CASE);
            laptop = new Laptop();
            try (Notebook notebook = Notebook.open(disk, ROOT)) {
                bring(notebook, first());
            }
            Story.write(disk, ROOT, "Pkg/Inner/out.csv", "1,2\n");
            Map<String, String> before = withOutputs("Pkg/Inner");
            Laptop.Batch batch = inOtherCase();
            Map<String, String> after = withOutputs("pkg/inner");
            FaultyDisk faulty = new FaultyDisk(disk);
            faulty.crashAt(moment);
            crashed = false;
            try {
                Notebook.open(faulty, ROOT).bring(batch);
            } catch (Crash e) {
                crashed = true;
            }
            try (Notebook notebook = Notebook.open(disk, ROOT)) {
                assertThat(notebook.snapshot()).as("crash at moment " + moment).isIn(before, after);
                if (notebook.snapshot().equals(before)) {
                    bring(notebook, batch);
                }
                assertThat(notebook.snapshot()).isEqualTo(after);
                assertThat(notebook.replica.verify(true).differences()).isEmpty();
            }
            assertThat(Notebook.litter(disk, ROOT)).isEmpty();
            assertThat(Kept.texts(disk, ROOT)).isEmpty();
        }
    }

    @Test
    void anErrorAtAnyMomentLeavesTheOldNames() {
        for (int moment = 0; ; moment++) {
            disk = new MemoryDisk(Quirk.IGNORES_CASE);
            laptop = new Laptop();
            try (Notebook notebook = Notebook.open(disk, ROOT)) {
                bring(notebook, first());
            }
            Map<String, String> before = laptop.snapshot();
            Laptop.Batch batch = inOtherCase();
            FaultyDisk faulty = new FaultyDisk(disk);
            try (Notebook notebook = Notebook.open(faulty, ROOT)) {
                faulty.failAt(moment, "Input/output error");
                String end;
                try {
                    end = Notebook.code(notebook.bring(batch));
                } catch (java.io.UncheckedIOException atTheDoor) {
                    end = "io_error";
                }
                assertThat(notebook.snapshot())
                        .as("error at moment " + moment)
                        .isEqualTo(end.equals("applied") ? laptop.snapshot() : before);
                if (faulty.moments().size() <= moment) {
                    return;
                }
            }
        }
    }
}
