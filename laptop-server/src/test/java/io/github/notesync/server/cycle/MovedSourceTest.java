package io.github.notesync.server.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that is moved stays the source that it was; a copy never becomes it. */
class MovedSourceTest {
    private static final List<String> FILES = List.of("a.py", "b.py", "pkg/c.py");

    @TempDir
    private Path disk;

    private Path shop;

    @BeforeEach
    void project() throws Exception {
        assumeTrue(SourceFile.inode(disk) != 0, "directories have no numbers here");
        shop = Files.createDirectories(disk.resolve("home/shop"));
        Files.createDirectories(shop.resolve("pkg"));
        for (String name : FILES) {
            Files.writeString(shop.resolve(name), name);
        }
        Files.createDirectories(disk.resolve("work"));
        Files.createDirectories(disk.resolve("aside"));
        // Of files that were written just now the stat vouches for nothing: those of a project are older.
        long written = System.nanoTime();
        while (System.nanoTime() - written < 60_000_000) {
            Thread.onSpinWait();
        }
    }

    /** Serves it for a moment, and stops; returns its id and its cursor's epoch. */
    private String served(Path root) throws Exception {
        try (Served served = Served.start(root, disk.resolve("state"))) {
            return served.source.id() + " " + served.source.history().cursor().epoch();
        }
    }

    private String id(Path root) throws Exception {
        return served(root).split(" ", 2)[0];
    }

    private Path move(Path from, String to) throws Exception {
        return Files.move(from, disk.resolve(to));
    }

    /** As {@code cp -a}. */
    private Path copy(Path from, String to) throws Exception {
        Path there = disk.resolve(to);
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(
                        each,
                        there.resolve(from.relativize(each).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        LinkOption.NOFOLLOW_LINKS);
            }
        }
        return there;
    }

    private static void delete(Path path) throws Exception {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void staysTheSameWithItsHistoryWhereverItIsMoved() throws Exception {
        String before = served(shop);
        Path work = move(shop, "work/shop");
        assertThat(served(work)).isEqualTo(before);
        Path renamed = move(work, "work/store");
        assertThat(served(renamed)).isEqualTo(before);
        assertThat(served(move(renamed, "home/shop"))).isEqualTo(before);
    }

    @Test
    void alsoWithAnEditMadeInBetween() throws Exception {
        String before = id(shop);
        Path work = move(shop, "work/shop");
        Files.writeString(work.resolve("a.py"), "edited");
        Files.writeString(work.resolve("new.py"), "new");
        assertThat(id(work)).isEqualTo(before);
    }

    @Test
    void alsoWithALinkThatWasLeftAtTheOldPlace() throws Exception {
        String before = id(shop);
        Path work = move(shop, "work/shop");
        Files.createSymbolicLink(shop, work);
        assertThat(id(work)).isEqualTo(before);
    }

    @Test
    void alsoWhereItWasMovedUnderARunningServer() throws Exception {
        String before;
        Path work;
        try (Served served = Served.start(shop, disk.resolve("state"))) {
            before = served.source.id();
            work = move(shop, "work/shop");
            served.until(
                    () -> served.source.state().phase() == Source.Phase.UNAVAILABLE, () -> "its going is not noticed");
        }
        assertThat(id(work)).isEqualTo(before);
    }

    @Test
    void aCopyIsAnotherSourceWhicheverOfTheTwoIsLeft() throws Exception {
        String before = id(shop);
        Path copy = copy(shop, "work/shop");
        assertThat(id(copy)).isNotEqualTo(before);
        Path second = copy(shop, "aside/shop");
        delete(shop);
        assertThat(id(second)).isNotEqualTo(before).isNotEqualTo(id(copy));
    }

    @Test
    void aCopyInADirectoryThatHasTheNumberOfTheOneThatIsGoneIsAnotherSource() throws Exception {
        String before = id(shop);
        Path copy = copy(shop, "aside/shop");
        // A directory that is emptied, moved and filled with copies: what a number that is used again looks like.
        for (String name : FILES) {
            Files.delete(shop.resolve(name));
        }
        Path other = move(shop, "work/shop");
        for (String name : FILES) {
            Files.copy(copy.resolve(name), other.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        assertThat(id(other)).isNotEqualTo(before);
    }

    @Test
    void whatComesToTheOldPlaceIsAnotherSource() throws Exception {
        String before = id(shop);
        Path work = move(shop, "work/shop");
        assertThat(id(work)).isEqualTo(before);
        Path again = copy(work, "home/shop");
        String other = id(again);
        assertThat(other).isNotEqualTo(before);
        assertThat(id(again)).isEqualTo(other);
        assertThat(id(work)).isEqualTo(before);
    }

    @Test
    void whoComesToTheOldPlaceFirstHasItAndTheOtherIsAnotherSource() throws Exception {
        String before = id(shop);
        Path work = move(shop, "work/shop");
        Path again = copy(work, "home/shop");
        assertThat(id(again)).as("as one that was cloned anew").isEqualTo(before);
        assertThat(id(work)).isNotEqualTo(before);
    }

    @Test
    void aSourceThatIsServedStillIsNotTakenAway() throws Exception {
        try (Served served = Served.start(shop, disk.resolve("state"))) {
            Path work = move(shop, "work/shop");
            assertThat(id(work)).isNotEqualTo(served.source.id());
        }
    }
}
