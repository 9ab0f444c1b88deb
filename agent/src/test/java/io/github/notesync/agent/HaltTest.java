package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.notesync.agent.plan.Plan;
import io.github.notesync.agent.plan.Safety;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.protocol.Id;
import io.github.notesync.protocol.JsonObject;
import io.github.notesync.protocol.RelativePath;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A batch that deletes so much that a person is asked first. */
class HaltTest {
    private static final Path ROOT = MemoryDisk.ROOT;

    private final MemoryDisk disk = new MemoryDisk();
    private final Laptop laptop = new Laptop();
    private Notebook notebook;

    @BeforeEach
    void open() {
        notebook = Notebook.open(disk, ROOT);
    }

    @AfterEach
    void leavesNothingBehind() {
        notebook.close();
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    private void have(int files) {
        laptop.mkdir("d");
        for (int i = 0; i < files; i++) {
            laptop.put("d/f" + i, "content " + i + "\n");
        }
        assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("applied");
    }

    private void delete(int files) {
        for (int i = 0; i < files; i++) {
            laptop.delete("d/f" + i);
        }
    }

    @ParameterizedTest(name = "{1} of {0} files deleted: {2}")
    @CsvSource({
        "19, 18, applied",
        "20, 10, applied",
        "20, 11, halted",
        "21, 10, applied",
        "21, 11, halted",
        "100, 50, applied",
        "100, 51, halted",
        "100, 100, halted",
    })
    void aPersonIsAskedAboutMoreThanHalfOfAtLeastTwenty(int files, int deleted, String outcome) throws Exception {
        have(files);
        Map<String, String> before = notebook.snapshot();
        delete(deleted);
        JsonObject end = notebook.bring(laptop.save());
        assertThat(Notebook.code(end)).isEqualTo(outcome);
        if (outcome.equals("halted")) {
            assertThat(end.integer("deletes")).isEqualTo(deleted);
            assertThat(end.integer("of")).isEqualTo(files);
            assertThat(end.string("message")).isEqualTo("the batch deletes " + deleted + " of " + files + " files");
            assertThat(notebook.snapshot()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "19"})
    void aPersonIsAskedBeforeTheReplicaIsEmptiedHoweverSmallItIs(int files) {
        have(files);
        delete(files);
        laptop.delete("d");
        assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("halted");
        assertThat(notebook.snapshot()).hasSize(files + 1);
    }

    @Test
    void whatIsMovedIsNotLost() {
        have(40);
        laptop.mkdir("elsewhere");
        for (int i = 0; i < 40; i++) {
            laptop.copy("d/f" + i, "elsewhere/g" + i);
        }
        delete(40);
        laptop.delete("d");
        assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("applied");
        assertThat(notebook.snapshot()).isEqualTo(laptop.snapshot());
    }

    @Test
    void whoGoesThroughAHistoryAtOnceIsNotAsked() {
        have(40);
        for (int step = 0; step < 40; step++) {
            laptop.delete("d/f" + step);
            laptop.put("d/g" + step, "other content " + step + "\n");
            assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("applied");
        }
        assertThat(notebook.snapshot()).isEqualTo(laptop.snapshot());
    }

    @Test
    void whatIsWrittenAnewIsNotLost() {
        have(40);
        for (int i = 0; i < 40; i++) {
            laptop.put("d/f" + i, "other content\n");
        }
        assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("applied");
    }

    @Test
    void aDirectoryThatBecomesAFileTakesItsFilesAlong() throws Exception {
        have(40);
        delete(40);
        laptop.put("d", "a file now\n");
        JsonObject end = notebook.bring(laptop.save());
        assertThat(Notebook.code(end)).isEqualTo("halted");
        assertThat(end.integer("deletes")).isEqualTo(40);
    }

    @Test
    void itIsAppliedWhenItIsConfirmed() throws Exception {
        have(40);
        delete(30);
        Laptop.Batch batch = laptop.save();
        notebook.bring(batch);
        notebook.replica.confirm(batch.descriptor().batch(), true);
        notebook.replica.applyStaged(false);
        assertThat(notebook.snapshot()).isEqualTo(laptop.snapshot());
    }

    @Test
    void itIsForgottenWhenItIsDeclinedAndTheNextOneIsTaken() throws Exception {
        have(40);
        Map<String, String> before = notebook.snapshot();
        delete(30);
        Laptop.Batch batch = laptop.save();
        notebook.bring(batch);
        notebook.replica.confirm(batch.descriptor().batch(), false);
        assertThat(Notebook.code(notebook.events.get(notebook.events.size() - 1)))
                .isEqualTo("halted");
        notebook.replica.applyStaged(false);
        assertThat(notebook.snapshot()).isEqualTo(before);
        Id other = batch.descriptor().batch();
        assertThatThrownBy(() -> notebook.replica.confirm(other, true)).hasMessageContaining("waits for no answer");
    }

    @Test
    void aNewerBatchTakesItsPlace() throws Exception {
        have(40);
        Laptop.Batch first = laptop.save();
        delete(30);
        notebook.bring(first);
        Laptop.Batch halted = laptop.save();
        assertThat(Notebook.code(notebook.bring(halted))).isEqualTo("halted");
        assertThat(notebook.replica.intake().offer(halted.descriptor()).build().string("state"))
                .isEqualTo("have");
        notebook.replica.intake().abandon(halted.descriptor().batch());
        assertThatThrownBy(() -> notebook.replica.confirm(halted.descriptor().batch(), true))
                .hasMessageContaining("waits for no answer");
    }

    @Test
    void aDeletionThatComesInSeveralBatchesIsOneDeletion() throws Exception {
        have(100);
        for (int from = 0; from < 50; from += 25) {
            for (int i = from; i < from + 25; i++) {
                laptop.delete("d/f" + i);
            }
            assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("applied");
        }
        Map<String, String> before = notebook.snapshot();
        laptop.delete("d/f50");
        Laptop.Batch last = laptop.save();
        JsonObject end = notebook.bring(last);
        assertThat(Notebook.code(end)).isEqualTo("halted");
        assertThat(end.string("message")).isEqualTo("the batch and those of the last minute delete 51 of 100 files");
        assertThat(notebook.snapshot()).isEqualTo(before);
        notebook.replica.confirm(last.descriptor().batch(), true);
        notebook.replica.applyStaged(false);
        laptop.delete("d/f51");
        assertThat(Notebook.code(notebook.bring(laptop.save())))
                .as("whoever was asked is not asked again about the same")
                .isEqualTo("applied");
    }

    @Test
    void whatCameBackIsNotLost() {
        have(100);
        for (int round = 0; round < 3; round++) {
            delete(40);
            assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("applied");
            for (int i = 0; i < 40; i++) {
                laptop.put("d/f" + i, "content " + i + "\n");
            }
            assertThat(Notebook.code(notebook.bring(laptop.save()))).isEqualTo("applied");
        }
    }

    @Test
    void aDeletionOfYesterdayIsAnother() {
        long[] now = {0};
        Safety safety = new Safety(() -> now[0]);
        Plan plan = losing("a", "b", "c", "d", "e", "f", "g", "h");
        assertThat(safety.ask(plan, 20, 21)).isNull();
        safety.applied(plan, false);
        Plan next = losing("i", "j", "k");
        assertThat(safety.ask(next, 12, 13)).isEqualTo(new Safety.Question(11, 20, true));
        now[0] = 61_000_000_000L;
        assertThat(safety.ask(next, 12, 13)).isNull();
    }

    private static Plan losing(String... paths) {
        Set<RelativePath> losses = new HashSet<>();
        for (String path : paths) {
            losses.add(new RelativePath(path));
        }
        return new Plan(List.of(), List.of(), List.of(), Set.of(), List.of(), losses);
    }
}
