package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.notesync.agent.apply.Rewind;
import io.github.notesync.agent.testing.FaultyDisk;
import io.github.notesync.agent.testing.FaultyDisk.Crash;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.protocol.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Going back through the history, and forward again. */
class RollbackTest {
    private static final Path ROOT = MemoryDisk.ROOT;

    private final MemoryDisk disk = new MemoryDisk();
    private final Laptop laptop = new Laptop();
    private final List<Map<String, String>> snapshots = new ArrayList<>();
    private final List<Laptop.Batch> batches = new ArrayList<>();

    private void fiveSaves(Notebook notebook) {
        laptop.put("a.py", "1\n").mkdir("d").put("d/x", "x\n").link("l", "a.py");
        save(notebook);
        laptop.put("a.py", "2\n").put("b.py", "b\n").chmod("d/x", true);
        save(notebook);
        laptop.delete("d/x").delete("d").put("a.py", "3\n");
        save(notebook);
        laptop.put("d", "a file\n").link("l", "b.py").delete("b.py");
        save(notebook);
        laptop.mkdir("b.py").put("b.py/in", "in\n").put("a.py", "5\n");
        save(notebook);
    }

    private void save(Notebook notebook) {
        Laptop.Batch batch = laptop.save();
        batches.add(batch);
        JsonObject end = notebook.bring(batch);
        assertThat(Notebook.code(end)).as("" + end).isEqualTo("applied");
        snapshots.add(notebook.snapshot());
    }

    @Test
    void goesBackToEverySequence() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            fiveSaves(notebook);
            for (int sequence = 4; sequence >= 1; sequence--) {
                notebook.replica.rollback(new Rewind.Goal(1, null));
                assertThat(notebook.snapshot()).as("sequence " + sequence).isEqualTo(snapshots.get(sequence - 1));
                assertThat(notebook.replica.index().cursor().sequence()).isEqualTo(sequence);
                assertThat(notebook.replica.verify(true).differences()).isEmpty();
            }
            notebook.replica.rollback(new Rewind.Goal(1, null));
            assertThat(notebook.snapshot()).isEmpty();
            assertThat(notebook.replica.index().cursor()).isNull();
        }
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    @Test
    void goesBackToASequenceByNumberAndTellsTheKernels() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            fiveSaves(notebook);
            notebook.replica.rollback(new Rewind.Goal(1, 2L));
            assertThat(notebook.snapshot()).isEqualTo(snapshots.get(1));
            JsonObject told = notebook.events.get(notebook.events.size() - 1);
            assertThat(told.string("reason")).isEqualTo("rollback");
            assertThat(told.object("to").integer("sequence")).isEqualTo(2);
            assertThat(told.objects("changes"))
                    .extracting(change -> change.fields().get("path"))
                    .contains("a.py", "d/x", "b.py");
        }
    }

    @Test
    void aReplicaThatWasRolledBackIsHeldUntilItIsResumed() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            fiveSaves(notebook);
            notebook.replica.rollback(new Rewind.Goal(2, null));
            assertThatThrownBy(notebook.replica::checkNotHeld).hasMessageContaining("rolled back");
        }
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            assertThat(notebook.replica.isHeld()).isTrue();
            notebook.replica.resume();
            notebook.replica.checkNotHeld();
        }
    }

    @Test
    void aSequenceThatWasLeftAndReachedAgainCountsOnce() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            fiveSaves(notebook);
            notebook.replica.rollback(new Rewind.Goal(2, null));
            assertThat(notebook.snapshot()).isEqualTo(snapshots.get(2));
            notebook.replica.resume();
            notebook.bring(batches.get(3));
            notebook.bring(batches.get(4));
            assertThat(notebook.replica.history())
                    .extracting(each -> each.fields().get("sequence"))
                    .containsExactly(5L, 4L, 3L, 2L, 1L);
            // A file that is saved again is one change: a.py, b.py and b.py/in.
            assertThat(notebook.replica.history().get(0).integer("changes")).isEqualTo(3);
            notebook.replica.rollback(new Rewind.Goal(1, null));
            assertThat(notebook.snapshot()).isEqualTo(snapshots.get(3));
            notebook.replica.rollback(new Rewind.Goal(1, null));
            assertThat(notebook.snapshot()).isEqualTo(snapshots.get(2));
            notebook.replica.rollback(new Rewind.Goal(1, 1L));
            assertThat(notebook.snapshot()).isEqualTo(snapshots.get(0));
            assertThat(notebook.replica.verify(true).differences()).isEmpty();
        }
    }

    @Test
    void aHistoryThatDoesNotReachSoFarSaysHowFarItReaches() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            fiveSaves(notebook);
            assertThatThrownBy(() -> notebook.replica.rollback(new Rewind.Goal(9, null)))
                    .hasMessageContaining("back to sequence 0");
            assertThat(notebook.snapshot()).isEqualTo(snapshots.get(4));
        }
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    @Test
    void onlyTheLastTransactionsStayInTheHistory() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            for (int i = 0; i < 30; i++) {
                laptop.put("a.py", i + "\n");
                save(notebook);
            }
            assertThat(notebook.replica.history()).hasSize(20);
            assertThat(notebook.replica.history().get(0).integer("sequence")).isEqualTo(30);
        }
    }

    @Test
    void theHistoryIsAsLongAsItWasAskedToBeInCountAndInBytes() throws Exception {
        try (Notebook notebook = Notebook.open(disk, ROOT, 3, 1 << 30)) {
            fiveSaves(notebook);
            assertThat(notebook.replica.history())
                    .extracting(each -> each.fields().get("sequence"))
                    .containsExactly(5L, 4L, 3L);
        }
        MemoryDisk other = new MemoryDisk();
        RollbackTest story = new RollbackTest();
        try (Notebook notebook = Notebook.open(other, ROOT, 20, 2_000)) {
            for (int i = 0; i < 6; i++) {
                story.laptop.put("a.bin", new byte[700 + i], false);
                story.save(notebook);
            }
            assertThat(notebook.replica.history())
                    .as("two replaced versions of 700 bytes, not three")
                    .extracting(each -> each.fields().get("sequence"))
                    .containsExactly(6L, 5L);
            notebook.replica.rollback(new Rewind.Goal(2, null));
            assertThat(notebook.snapshot()).isEqualTo(story.snapshots.get(3));
        }
    }

    @Test
    void aCrashInARollbackLeavesOneOfTheTwoSequences() throws IOException {
        for (int moment = 0; ; moment++) {
            MemoryDisk fresh = new MemoryDisk();
            RollbackTest story = new RollbackTest();
            try (Notebook notebook = Notebook.open(fresh, ROOT)) {
                story.fiveSaves(notebook);
            }
            FaultyDisk faulty = new FaultyDisk(fresh);
            boolean crashed = false;
            Notebook notebook = Notebook.open(faulty, ROOT);
            try {
                faulty.crashAt(moment);
                notebook.replica.rollback(new Rewind.Goal(3, null));
            } catch (Crash e) {
                crashed = true;
            }
            try (Notebook again = Notebook.open(fresh, ROOT)) {
                assertThat(again.snapshot())
                        .as("crash at moment " + moment)
                        .isIn(story.snapshots.get(4), story.snapshots.get(1));
                assertThat(again.replica.verify(true).differences()).isEmpty();
            }
            assertThat(Notebook.litter(fresh, ROOT)).isEmpty();
            if (!crashed) {
                break;
            }
        }
    }
}
