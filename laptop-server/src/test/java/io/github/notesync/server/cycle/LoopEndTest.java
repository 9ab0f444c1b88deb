package io.github.notesync.server.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.notesync.protocol.Cursor;
import io.github.notesync.server.config.Config;
import io.github.notesync.server.scan.Difference;
import io.github.notesync.server.scan.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ends the loop, and what does not. */
class LoopEndTest {
    @TempDir
    Path temporary;

    private final List<String> told = new CopyOnWriteArrayList<>();

    @Test
    void aScanThatIsStoppedIsNoFailureAndTheNextRunSeesEverything() throws Exception {
        Path root = temporary.resolve("project");
        for (int directory = 0; directory < 1000; directory++) {
            Files.createDirectories(root.resolve("d" + directory));
        }
        Path state = temporary.resolve("state");
        for (int round = 0; round < 10; round++) {
            Cycle cycle = Cycle.open(root, Config.defaults("project"), StateDirectory.open(state, root), new Told());
            cycle.start();
            cycle.close();
        }
        assertThat(told).isEmpty();
        try (Served served = Served.start(root, state)) {
            served.awaitDisk();
        }
    }

    @Test
    void anErrorWhileAnErrorIsToldDoesNotEndTheLoop() throws Exception {
        Path root = Files.createDirectories(temporary.resolve("project"));
        CountDownLatch failed = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        Listener poor = new Told() {
            @Override
            public void ready() {
                throw new OutOfMemoryError("pretended");
            }

            @Override
            public void notice(String text) {
                failed.countDown();
                throw new OutOfMemoryError("pretended, again");
            }

            @Override
            public void sequence(Cursor cursor, List<Difference> differences, long millis) {
                seen.countDown();
            }
        };
        try (Cycle cycle = Cycle.open(
                root, Config.defaults("project"), StateDirectory.open(temporary.resolve("state"), root), poor)) {
            cycle.start();
            assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
            Files.writeString(root.resolve("a.py"), "saved afterwards");
            assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private class Told implements Listener {
        @Override
        public void ready() {}

        @Override
        public void sequence(Cursor cursor, List<Difference> differences, long millis) {}

        @Override
        public void problem(Problem problem) {
            told.add(problem.message());
        }

        @Override
        public void notice(String text) {
            told.add(text);
        }

        @Override
        public void read(long files, long bytes, long ofFiles, long ofBytes) {}
    }
}
