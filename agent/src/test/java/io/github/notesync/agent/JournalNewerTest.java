package io.github.notesync.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.notesync.agent.disk.Directory;
import io.github.notesync.agent.testing.FaultyDisk;
import io.github.notesync.agent.testing.FaultyDisk.Crash;
import io.github.notesync.agent.testing.MemoryDisk;
import io.github.notesync.agent.testing.Snapshot;
import io.github.notesync.protocol.ErrorCode;
import io.github.notesync.protocol.ProtocolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A later notesync was here, and left what this one cannot read. */
class JournalNewerTest {
    private static final Path ROOT = MemoryDisk.ROOT;
    private static final String TRANSACTION = ".notesync/tx/0000000002/";

    private final MemoryDisk disk = new MemoryDisk();
    private final Story story = Story.on(disk, ROOT);

    @ParameterizedTest
    @ValueSource(strings = {".notesync/format", ".notesync/index", TRANSACTION + "journal"})
    void itIsRefusedWithoutAChangeAndTheLaterOneGoesOn(String file) throws IOException {
        crashOnceCommitted();
        String ours = read(file);
        String later = ours.replaceFirst(" 1\n", " 2\n");
        assertThat(later).isNotEqualTo(ours);
        Story.write(disk, ROOT, file, later);
        Map<String, String> before = Snapshot.of(disk, ROOT, "");
        assertThatThrownBy(() -> Notebook.open(disk, ROOT)).isInstanceOfSatisfying(UncheckedIOException.class, e -> {
            ProtocolException refusal = (ProtocolException) e.getCause();
            assertThat(refusal.code()).isEqualTo(ErrorCode.JOURNAL_NEWER);
            assertThat(refusal).hasMessageContaining("newer notesync");
        });
        assertThat(Snapshot.of(disk, ROOT, "")).isEqualTo(before);
        Story.write(disk, ROOT, file, ours);
        try (Notebook notebook = Notebook.open(disk, ROOT)) {
            assertThat(notebook.snapshot()).isEqualTo(story.after);
        }
        assertThat(Notebook.litter(disk, ROOT)).isEmpty();
    }

    /** Kills the agent when the batch is in the journal, and nothing of it in the tree. */
    private void crashOnceCommitted() {
        MemoryDisk other = new MemoryDisk();
        Story same = Story.on(other, ROOT);
        FaultyDisk watched = new FaultyDisk(other);
        bring(watched, same);
        FaultyDisk faulty = new FaultyDisk(disk);
        faulty.crashAt(watched.moments().indexOf("rename " + ROOT + "/moved.py"));
        assertThatThrownBy(() -> bring(faulty, story)).isInstanceOf(Crash.class);
    }

    private static void bring(FaultyDisk faulty, Story story) {
        Notebook.open(faulty, ROOT).bring(story.second);
    }

    private String read(String path) throws IOException {
        try (Directory root = disk.open(ROOT)) {
            return read(root, path);
        }
    }

    private static String read(Directory in, String path) throws IOException {
        int slash = path.indexOf('/');
        if (slash > 0) {
            try (Directory below = in.open(path.substring(0, slash))) {
                return read(below, path.substring(slash + 1));
            }
        }
        try (SeekableByteChannel file = in.read(path)) {
            return new String(Channels.newInputStream(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
