package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.testing.FaultyDisk;
import io.github.notesync.agent.testing.Laptop;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.protocol.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file system refuses: once, at every single change that the agent makes. */
class DiskErrorTest {
    private static final Path ROOT = MemoryDisk.ROOT;

    @ParameterizedTest
    @CsvSource({
        "No space left on device, disk_full",
        "Disk quota exceeded, quota_exceeded",
        "Input/output error, io_error",
        "Permission denied, permission_denied",
    })
    void anErrorAtAnyMomentRefusesTheBatchAndTheNextOneWorks(String words, String code) throws Exception {
        int refusals = 0;
        for (int moment = 0; ; moment++) {
            MemoryDisk disk = new MemoryDisk();
            Story story = Story.on(disk, ROOT);
            FaultyDisk faulty = new FaultyDisk(disk);
            String when = words + " at moment " + moment;
            try (Notebook notebook = Notebook.open(faulty, ROOT)) {
                faulty.failAt(moment, words);
                JsonObject end;
                try {
                    end = notebook.bring(story.second);
                } catch (java.io.UncheckedIOException refusedAtTheDoor) {
                    // The offer itself was answered with the error: nothing was begun.
                    assertThat(notebook.snapshot()).as(when).isEqualTo(story.before);
                    refusals++;
                    end = notebook.bring(story.second);
                }
                List<String> moments = List.copyOf(faulty.moments());
                boolean hit = moments.size() > moment;
                if (Notebook.code(end).equals("applied")) {
                    assertThat(notebook.snapshot()).as(when).isEqualTo(story.after);
                } else {
                    refusals++;
                    assertThat(Notebook.code(end)).as(when + ": " + end).isEqualTo(code);
                    assertThat(end.string("path")).as(when).startsWith(ROOT.toString());
                    assertThat(end.string("remedy")).as(when).isNotEmpty();
                    assertThat(notebook.snapshot())
                            .as(when + " " + moments.get(moment))
                            .isEqualTo(story.before);
                    assertThat(Kept.texts(disk, ROOT)).as(when).isEmpty();
                    assertThat(Notebook.code(notebook.bring(story.second)))
                            .as(when)
                            .isEqualTo("applied");
                    assertThat(notebook.snapshot()).as(when).isEqualTo(story.after);
                }
                assertThat(notebook.broken).as(when).isFalse();
                faulty.failAt(Integer.MAX_VALUE, words);
                settleWithOneMore(notebook, story);
                if (!hit) {
                    break;
                }
            }
            assertThat(Notebook.litter(disk, ROOT)).as(when).isEmpty();
        }
        assertThat(refusals).isGreaterThan(60);
    }

    /** What could not be made durable is tried again with the next batch. */
    private static void settleWithOneMore(Notebook notebook, Story story) {
        story.laptop.put("one/more.py", "1\n").mkdir("one");
        assertThat(Notebook.code(notebook.bring(story.laptop.save()))).isEqualTo("applied");
        assertThat(notebook.replica.isSettled()).isTrue();
    }

    @Test
    void anErrorWhileABatchIsTakenBackTooIsHealedByRecovery() {
        for (int later = 0; later < 12; later++) {
            MemoryDisk disk = new MemoryDisk();
            Story story = Story.on(disk, ROOT);
            FaultyDisk faulty = new FaultyDisk(disk);
            try (Notebook notebook = Notebook.open(faulty, ROOT)) {
                faulty.failAfter("rename /replica/moved.py", "Input/output error", later);
                JsonObject end = notebook.bring(story.second);
                assertThat(Notebook.code(end)).isEqualTo("io_error");
            }
            try (Notebook notebook = Notebook.open(disk, ROOT)) {
                // If not even the turning back could be noted down, recovery goes forward.
                boolean forward = notebook.snapshot().equals(story.after);
                assertThat(notebook.snapshot())
                        .as("second error after " + later)
                        .isEqualTo(forward ? story.after : story.before);
                if (!forward) {
                    assertThat(Notebook.code(notebook.bring(story.second))).isEqualTo("applied");
                    assertThat(notebook.snapshot()).isEqualTo(story.after);
                }
            }
            assertThat(Notebook.litter(disk, ROOT)).isEmpty();
        }
    }

    /** So long that its files are written by a second thread, in pieces where they are large. */
    @ParameterizedTest
    @CsvSource({"No space left on device, disk_full", "Input/output error, io_error"})
    void anErrorAtAnyMomentOfALongBatchRefusesItWhole(String words, String code) {
        int refusals = 0;
        for (int moment = 0; ; moment++) {
            String when = words + " at moment " + moment;
            MemoryDisk disk = new MemoryDisk();
            FaultyDisk faulty = new FaultyDisk(disk);
            Laptop laptop = new Laptop();
            try (Notebook notebook = Notebook.open(faulty, ROOT)) {
                notebook.bring(laptop.put("a.py", "a = 1\n").save());
                Map<String, String> before = notebook.snapshot();
                Laptop.Batch batch = longBatch(laptop);
                faulty.failAt(moment, words);
                JsonObject end = bringOrRefused(notebook, batch);
                boolean hit = faulty.moments().size() > moment;
                if (end == null || !Notebook.code(end).equals("applied")) {
                    refusals++;
                    assertThat(end == null ? code : Notebook.code(end)).as(when).isEqualTo(code);
                    assertThat(notebook.snapshot()).as(when).isEqualTo(before);
                    assertThat(Notebook.code(notebook.bring(batch))).as(when).isEqualTo("applied");
                }
                assertThat(notebook.snapshot()).as(when).isEqualTo(laptop.snapshot());
                assertThat(notebook.broken).as(when).isFalse();
                if (!hit) {
                    break;
                }
            }
        }
        assertThat(refusals).isGreaterThan(30);
    }

    private static Laptop.Batch longBatch(Laptop laptop) {
        byte[] large = new byte[1 << 20];
        new Random(7).nextBytes(large);
        laptop.mkdir("new").mkdir("new/inner");
        laptop.put("a.py", "a = 2\n").put("new/large.bin", large, false).put("new/empty", "");
        for (int i = 0; i < 5; i++) {
            laptop.put("new/inner/m" + i + ".py", "m = " + i + "\n");
        }
        return laptop.save();
    }

    /** Null where the offer itself was answered with the error. */
    private static JsonObject bringOrRefused(Notebook notebook, Laptop.Batch batch) {
        try {
            return notebook.bring(batch);
        } catch (java.io.UncheckedIOException refusedAtTheDoor) {
            return null;
        }
    }
}
