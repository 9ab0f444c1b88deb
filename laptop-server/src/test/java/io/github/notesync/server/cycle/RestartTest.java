package io.github.notesync.server.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.protocol.TreeDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A history goes on only where it can be proven whole; what is remembered can be thrown away without harm. */
class RestartTest {
    @TempDir
    Path temporary;

    private Path root;
    private Path state;

    @BeforeEach
    void project() throws IOException {
        root = temporary.resolve("project");
        state = temporary.resolve("state");
        Files.createDirectories(root.resolve("pkg"));
        for (int i = 0; i < 100; i++) {
            Files.writeString(root.resolve("pkg/f" + i + ".py"), "x = " + i);
        }
    }

    private Cursor runOnce() throws Exception {
        try (Served served = Served.start(root, state)) {
            assertThat(served.tree()).isEqualTo(DiskTree.of(root));
            return served.source.history().cursor();
        }
    }

    private Path remembered(String name) throws IOException {
        try (Stream<Path> all = Files.walk(state)) {
            List<Path> found = all.filter(each -> each.getFileName().toString().equals(name))
                    .toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    @Test
    void aCleanEndLeadsToTheSameCursor() throws Exception {
        Cursor first = runOnce();
        assertThat(runOnce()).isEqualTo(first);
    }

    @Test
    void whatChangedWhileTheServerWasDownIsTheNextSequence() throws Exception {
        Cursor first = runOnce();
        Files.writeString(root.resolve("pkg/f0.py"), "changed");
        Files.delete(root.resolve("pkg/f1.py"));
        try (Served served = Served.start(root, state)) {
            assertThat(served.source.history().cursor()).isEqualTo(first.next());
            assertThat(served.tree()).isEqualTo(DiskTree.of(root));
        }
    }

    @Test
    void aStopInTheMiddleOfAScanLosesNothing() throws Exception {
        Path big = Files.write(temporary.resolve("big"), new byte[256 << 10]);
        for (int run = 0; run < 6; run++) {
            Path folder = Files.createDirectory(temporary.resolve("takes long to read " + run));
            for (int i = 0; i < 600; i++) {
                Files.createLink(folder.resolve("f" + i), big);
            }
            try (Served served = Served.start(root, state)) {
                assertThat(served.tree()).isEqualTo(DiskTree.of(root));
                // What replicas are compared with is the tree of what will be told of.
                assertThat(TreeDigest.of(DiskTree.entries(served.source.history())))
                        .isEqualTo(served.source.history().tree());
                Files.delete(root.resolve("pkg/f" + run + ".py"));
                Files.move(folder, root.resolve("folder"));
                new Thread(served::look).start();
                // A bit later each time.
                for (int i = 0; i < run; i++) {
                    DiskTree.of(root.resolve("pkg"));
                }
            }
            Files.move(root.resolve("folder"), folder);
        }
    }

    @Test
    void aCrashBeginsANewEpochAndKeepsTheIndex() throws Exception {
        Cursor first = runOnce();
        Files.delete(remembered("clean"));
        Cursor second = runOnce();
        assertThat(second.epoch()).isNotEqualTo(first.epoch());
    }

    @Test
    void theCleanEndCountsOnce() throws Exception {
        Cursor first = runOnce();
        Path clean = remembered("clean");
        byte[] marker = Files.readAllBytes(clean);
        Files.writeString(root.resolve("pkg/f0.py"), "changed");
        runOnce();
        // As if the second run had crashed and an old marker had survived.
        Files.write(clean, marker);
        assertThat(runOnce().epoch()).isNotEqualTo(first.epoch());
    }

    @Test
    void aDamagedIndexIsThrownAway() throws Exception {
        Cursor first = runOnce();
        try (FileChannel index = FileChannel.open(remembered("index"), StandardOpenOption.WRITE)) {
            index.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), index.size() / 2);
        }
        assertThat(runOnce().epoch()).isNotEqualTo(first.epoch());
    }

    @Test
    void anIndexOfAnotherVersionIsThrownAway() throws Exception {
        Cursor first = runOnce();
        byte[] index = Files.readAllBytes(remembered("index"));
        String magic = new String(index, 4, 16, StandardCharsets.US_ASCII);
        assertThat(magic).startsWith("notesync-index ");
        index[4 + 15]++;
        CRC32C sum = new CRC32C();
        sum.update(index, 0, index.length - Long.BYTES);
        ByteBuffer.wrap(index).putLong(index.length - Long.BYTES, sum.getValue());
        Files.write(remembered("index"), index);
        assertThat(runOnce().epoch()).isNotEqualTo(first.epoch());
    }

    @Test
    void aTruncatedOrForeignIndexIsThrownAway() throws Exception {
        runOnce();
        Path index = remembered("index");
        byte[] whole = Files.readAllBytes(index);
        for (int length : new int[] {0, 1, 8, 20, whole.length - 1}) {
            Files.write(index, java.util.Arrays.copyOf(whole, length));
            runOnce();
        }
        Files.writeString(index, "an index of another program, long enough to have a check sum at its end");
        runOnce();
    }

    @Test
    void aSecondServerOnTheSameSourceHasAHistoryOfItsOwn() throws Exception {
        try (Served one = Served.start(root, state);
                Served two = Served.start(root, state)) {
            assertThat(two.source.history().cursor().epoch())
                    .isNotEqualTo(one.source.history().cursor().epoch());
            one.write("pkg/f0.py", "seen by both");
            one.awaitDisk();
            two.awaitDisk();
        }
    }

    @Test
    void theSourceIsNeverWritten() throws Exception {
        Files.setLastModifiedTime(root, java.nio.file.attribute.FileTime.fromMillis(1_000_000_000_000L));
        var before = DiskTree.of(root);
        runOnce();
        runOnce();
        assertThat(DiskTree.of(root)).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(root).toMillis()).isEqualTo(1_000_000_000_000L);
    }
}
