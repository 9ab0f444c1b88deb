package io.github.notesync.server.cycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceIdTest {
    private static final Path SHOP = Path.of("/home/ann/shop");

    @TempDir
    private Path one;

    @TempDir
    private Path two;

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
        assertNotEquals(SourceId.of(one, SHOP), SourceId.of(one, Path.of("/home/ann/work/shop")));
        assertNotEquals(SourceId.of(one, SHOP), SourceId.of(two, SHOP));
    }

    @Test
    void isDrawnAnewWhereItsFileIsBroken() throws IOException {
        String before = SourceId.of(one, SHOP);
        Files.writeString(one.resolve("laptop"), "torn");
        String after = SourceId.of(one, SHOP);
        assertNotEquals(before, after);
        assertEquals(after, SourceId.of(one, SHOP));
    }
}
