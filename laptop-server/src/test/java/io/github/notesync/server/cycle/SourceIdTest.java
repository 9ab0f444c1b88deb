package io.github.notesync.server.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceIdTest {
    private static final Path SHOP = Path.of("/home/ann/shop");

    @TempDir
    private Path one;

    @TempDir
    private Path two;

    private static String of(Path home, Path source) throws IOException {
        try (StateDirectory state = StateDirectory.open(home, source)) {
            return state.sourceId();
        }
    }

    @Test
    void isTheSameForEveryServerOfADirectory() throws IOException {
        try (StateDirectory first = StateDirectory.open(one, SHOP);
                StateDirectory second = StateDirectory.open(one, SHOP)) {
            assertEquals(first.sourceId(), second.sourceId());
            assertTrue(first.sourceId().matches("[0-9a-f]{32}"));
        }
    }

    @Test
    void differsForEachDirectoryAndEachLaptop() throws IOException {
        assertNotEquals(of(one, SHOP), of(one, Path.of("/home/ann/work/shop")));
        assertNotEquals(of(one, SHOP), of(two, SHOP));
    }

    @Test
    void isDrawnAnewWhereTheLaptopsFileIsBroken() throws IOException {
        String before = of(one, SHOP);
        Files.writeString(one.resolve("server/laptop"), "torn");
        String after = of(one, SHOP);
        assertNotEquals(before, after);
        assertEquals(after, of(one, SHOP));
    }

    @Test
    void serversThatStartForTheFirstTimeAtOnceAreOnOneLaptop() throws Exception {
        int servers = 6;
        ExecutorService threads = Executors.newFixedThreadPool(servers);
        try {
            CyclicBarrier together = new CyclicBarrier(servers);
            for (int round = 0; round < 50; round++) {
                Path directory = Files.createDirectory(one.resolve("round" + round));
                List<Future<String>> drawn = new ArrayList<>();
                for (int i = 0; i < servers; i++) {
                    drawn.add(threads.submit(() -> {
                        together.await();
                        return SourceId.laptop(directory);
                    }));
                }
                Set<String> different = new HashSet<>();
                for (Future<String> each : drawn) {
                    different.add(each.get());
                }
                assertThat(different).hasSize(1);
                try (var left = Files.list(directory)) {
                    assertThat(left).containsExactly(directory.resolve("laptop"));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
