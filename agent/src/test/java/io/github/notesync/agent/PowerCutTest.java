package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.agent.testing.PowerCut;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The plug is pulled after every single operation, and what was not forced to the disk is gone: by the log of what was
 * done, this proves that every fsync which the journal relies on is issued, and in order.
 */
@Timeout(300)
class PowerCutTest {
    private static final Path ROOT = MemoryDisk.ROOT;

    @Test
    void aPowerCutAtAnyMomentLeavesTheOldOrTheNewTree() {
        MemoryDisk disk = new MemoryDisk();
        Story story = Story.on(disk, ROOT);
        PowerCut cut = PowerCut.watch(disk);
        try (Notebook notebook = Notebook.open(cut.disk(), ROOT)) {
            notebook.bring(story.second);
            assertThat(notebook.snapshot()).isEqualTo(story.after);
        }
        int[] seen = new int[3];
        cut.forEachOutcome((after, when) -> {
            try (Notebook notebook = Notebook.open(after, ROOT, "boot-2")) {
                Map<String, String> there = notebook.snapshot();
                assertThat(there).as(when).isIn(story.before, story.after);
                boolean isNew = there.equals(story.after);
                seen[isNew ? 1 : 0]++;
                assertThat(notebook.replica.index().cursor())
                        .as(when)
                        .isEqualTo((isNew ? story.second : story.first)
                                .descriptor()
                                .to());
                if (!isNew) {
                    assertThat(Notebook.code(notebook.bring(story.second)))
                            .as(when)
                            .isEqualTo("applied");
                    assertThat(notebook.snapshot()).as(when).isEqualTo(story.after);
                }
            }
            assertThat(Notebook.litter(after, ROOT)).as(when).isEmpty();
            assertThat(Kept.texts(after, ROOT))
                    .as(when)
                    .containsExactlyInAnyOrder("e = 'mine'\n", "d = 'mine'\n", "mine\n");
            seen[2]++;
        });
        assertThat(seen[0]).isGreaterThan(100);
        assertThat(seen[1]).isGreaterThan(10);
    }
}
